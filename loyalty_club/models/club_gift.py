"""Gift, prepaid and discount cards: bearer cards that pay or give a percentage to whoever has the code.

The row is the piece of plastic (or the e-mail); its value is an account of the ledger, made when the card is first
loaded and never for stock. The code is kept as a hash: ``club_gift_code.py``. Selling and refunding a card is in
``club_gift_sale.py``, what stops a card in ``club_gift_state.py``.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS

from ..tools.gift_code import clean

KINDS = [("gift", "Gift card"), ("prepaid", "Prepaid card"), ("discount", "Discount card")]
#: What people at the office may correct by hand.
EDITABLE = {"recipient_name", "recipient_email", "recipient_mobile", "message", "partner_id", "artwork"}


#: Who sees what is left on cards. Whoever sells and takes them asks for one by its code.
BOOKS = "loyalty_club.group_club_officer,loyalty_club.group_club_auditor"


class LoyaltyClubGift(models.Model):
    _name = "loyalty.club.gift"
    _inherit = ["loyalty.club.origin.mixin", "loyalty.club.guarded.mixin"]
    _description = "Gift Card"
    _order = "id desc"
    _rec_name = "serial"

    serial = fields.Char(required=True, readonly=True, copy=False, help="Names the card on paper; it opens nothing.")
    last_four = fields.Char(string="Ends with", required=True, readonly=True, help="The last characters of the code.")
    code_hash = fields.Char(required=True, readonly=True, groups=NO_ACCESS, copy=False)
    pin_hash = fields.Char(readonly=True, groups=NO_ACCESS, copy=False)
    has_pin = fields.Boolean(string="PIN", readonly=True)
    legacy = fields.Boolean(
        string="Short code", readonly=True, help="Made by Odoo before the club took over: its code is easier to guess."
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    program_id = fields.Many2one(
        comodel_name="loyalty.program", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    batch_id = fields.Many2one(
        comodel_name="loyalty.club.gift.batch", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    scope_id = fields.Many2one(
        comodel_name="loyalty.club.scope", string="Pays for", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    value = fields.Monetary(
        string="Face value", readonly=True, help="0 on a card in stock: it gets what is paid when it is sold."
    )
    state = fields.Selection(
        selection=[("stock", "In stock"), ("active", "Active"), ("disabled", "Disabled"), ("void", "Taken back")],
        default="stock",
        required=True,
        readonly=True,
    )
    state_at = fields.Datetime(string="Since", readonly=True)
    state_reason = fields.Char(string="Reason", readonly=True)
    valid_from = fields.Date(string="First day", readonly=True, help="Empty: at once.")
    expires_on = fields.Date(string="Last day", readonly=True, help="Inclusive. Empty: it never ends.")
    valid_days = fields.Integer(readonly=True, help="Days from the sale on; fixes the last day when the card is sold.")
    valid_months = fields.Integer(readonly=True, help="Months from the sale on.")
    account_id = fields.Many2one(
        comodel_name="loyalty.club.account", readonly=True, ondelete="restrict", help="Its balance in the ledger."
    )
    balance = fields.Float(related="account_id.balance", string="Left", groups=BOOKS)
    sold_key = fields.Char(readonly=True, copy=False, help="Names the sale; the same sale never makes two cards.")
    sold_at = fields.Datetime(string="Sold on", readonly=True)
    sold_by_id = fields.Many2one(comodel_name="res.users", string="Sold by", readonly=True, ondelete="restrict")
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        string="Sold in",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    paid = fields.Monetary(readonly=True, help="What was paid for it.")
    origin_model = fields.Char(readonly=True)
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True, string="Sold with")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Buyer", index="btree_not_null", ondelete="restrict"
    )
    recipient_name = fields.Char(string="For")
    recipient_email = fields.Char(string="E-mail", groups=BOOKS)
    recipient_mobile = fields.Char(string="Mobile", groups=BOOKS)
    message = fields.Text()
    artwork = fields.Image(max_width=1200, max_height=800, help="Shown on the card. Empty: that of the batch.")
    percent = fields.Float(string="Discount (%)", readonly=True, digits=(6, 3))
    max_amount = fields.Monetary(string="At most per use", readonly=True, help="0: no limit.")
    uses = fields.Integer(readonly=True, help="How often it may be used. 0: as often as wanted.")

    _serial_unique = models.Constraint("UNIQUE (serial)", "Another card has this serial number.")
    _code_unique = models.Constraint("UNIQUE (code_hash)", "Another card has this code.")
    _account_unique = models.UniqueIndex("(account_id) WHERE account_id IS NOT NULL")
    _sold_unique = models.UniqueIndex("(sold_key) WHERE sold_key IS NOT NULL")
    _value_positive = models.Constraint("CHECK (value >= 0 AND paid >= 0)", "The value of a card is not below zero.")
    _percent_range = models.Constraint(
        "CHECK (kind <> 'discount' OR (percent > 0 AND percent <= 100))", "A discount is above 0 and at most 100 %."
    )
    _dying = models.Index("(expires_on) WHERE expires_on IS NOT NULL AND state = 'active'")

    @api.depends("serial", "last_four")
    def _compute_display_name(self):
        for gift in self:
            gift.display_name = f"{gift.serial} (…{gift.last_four})"

    @api.model
    def _search_display_name(self, operator, value):
        """Found by serial number or by the last characters of the code; the whole code is never searched for."""
        if isinstance(value, str) and operator in ("ilike", "=", "=ilike", "like"):
            return ["|", ("serial", operator, value), ("last_four", "=", clean(value)[-4:])]
        return super()._search_display_name(operator, value)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Cards come from batches and sales. Use “Sell a card” or make a batch."))
        return super().create(vals_list)

    def write(self, vals):
        """What is printed on the card and its state are changed by the buttons; people and messages by hand."""
        if not self.env.su and set(vals) - EDITABLE:
            raise AccessError(self.env._("Cards are sold, disabled and taken back with the buttons, not by editing."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A card is never deleted. Disable it instead."))

    def init(self):
        """Have PostgreSQL guard what cards are, and keep dead ones from coming back."""
        self.env.registry.post_init(self.env["loyalty.club.check"]._club_install_guards, "loyalty_club/sql/gift.sql")
