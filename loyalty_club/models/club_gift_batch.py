"""Card batches: gift, prepaid and discount cards made together, set-based. Their codes are shown once, in the answer
that makes them; ``docs/decisions/037`` says how."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .club_gift import KINDS

#: Cards of one batch: what one answer can carry.
LARGEST = 200_000
#: Batches with a PIN: its hash is slow on purpose.
LARGEST_WITH_PIN = 10_000


class LoyaltyClubGiftBatch(models.Model):
    _name = "loyalty.club.gift.batch"
    _description = "Gift Card Batch"
    _inherit = ["mail.thread", "loyalty.club.batch.mixin", "loyalty.club.guarded.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, tracking=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    kind = fields.Selection(selection=KINDS, required=True, default="gift")
    quantity = fields.Integer(required=True, default=100)
    value = fields.Monetary(
        string="Value of each card",
        help="What each card can pay. 0: each card gets what is paid when it is sold.",
    )
    activation = fields.Selection(
        selection=[("sale", "When it is sold"), ("now", "At once")],
        required=True,
        default="sale",
        help="Cards that wait for their sale are worth nothing if they are stolen. "
        "Cards that are active at once are money from the moment they are made: for presents and promotions.",
    )
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        string="Given by",
        domain="[('club_id', '=', club_id)]",
        ondelete="restrict",
        help="The branch that bears the cost of cards that are active at once.",
    )
    with_pin = fields.Boolean(string="With a PIN", help="A second secret of four digits, e.g. under a scratch field.")
    validity = fields.Selection(
        selection=[("ever", "For ever"), ("date", "Until a day"), ("period", "For a time after the sale")],
        required=True,
        default="period",
    )
    valid_from = fields.Date(help="Empty: at once.")
    valid_until = fields.Date(help="Last day, inclusive.")
    valid_number = fields.Integer(string="Valid for", default=12)
    valid_unit = fields.Selection(selection=[("months", "months"), ("days", "days")], default="months", required=True)
    scope_id = fields.Many2one(
        comodel_name="loyalty.club.scope",
        string="Pays for",
        domain="[('club_id', '=', club_id)]",
        ondelete="restrict",
        help="Branches, shares and products. Empty: everything in every branch.",
    )
    percent = fields.Float(string="Discount (%)", digits=(6, 3), default=10.0)
    max_amount = fields.Monetary(string="At most per use", help="0: no limit.")
    uses = fields.Integer(string="Uses of each card", default=1, help="0: as often as wanted until the last day.")
    artwork = fields.Image(max_width=1200, max_height=800, help="Printed on the cards. Landscape looks best.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Being activated"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    made_at = fields.Datetime(readonly=True, copy=False)
    made_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False, ondelete="restrict")
    gift_ids = fields.One2many(comodel_name="loyalty.club.gift", inverse_name="batch_id", readonly=True)
    card_count = fields.Integer(compute="_compute_counts", string="Cards")
    stock_count = fields.Integer(compute="_compute_counts", string="In stock")
    active_count = fields.Integer(compute="_compute_counts", string="Active")
    stopped_count = fields.Integer(compute="_compute_counts", string="Disabled or taken back")
    progress = fields.Float(compute="_compute_counts", help="Share of the cards that are active.")

    _quantity_range = models.Constraint(
        f"CHECK (quantity BETWEEN 1 AND {LARGEST})", "A batch has between one and two hundred thousand cards."
    )
    _value_positive = models.Constraint("CHECK (value >= 0)", "The value of a card is not below zero.")

    def _compute_counts(self):
        counts = self._club_cards_by_state("loyalty.club.gift")
        for batch in self:
            by_state = counts[batch.id]
            batch.card_count = sum(by_state.values())
            batch.stock_count = by_state["stock"]
            batch.active_count = by_state["active"]
            batch.stopped_count = batch.card_count - batch.stock_count - batch.active_count
            batch.progress = 100 * batch.active_count / batch.card_count if batch.card_count else 0

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "state": "draft"} for vals in vals_list])

    def write(self, vals):
        if not self.env.su:
            if {"state", "made_at", "made_by_id"} & set(vals):
                raise AccessError(self.env._("Use the buttons to make the cards of a batch."))
            if set(vals) - {"name", "artwork"} and self.filtered(lambda batch: batch.state != "draft"):
                raise UserError(
                    self.env._("The cards of this batch are made. Make another batch, or change single cards.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        if self.filtered(lambda batch: batch.state != "draft"):
            raise UserError(self.env._("Only drafts can be deleted: the cards of this batch exist."))

    def _club_check_batch(self):
        """Refuse a batch that makes no sense, before anything is made; says what to change."""
        for batch in self:
            problem = batch._club_batch_problem()
            if problem:
                raise UserError(problem)
            if batch.kind != "discount" and batch.validity != "ever":
                batch.club_id._club_check_life(*batch._club_life(), batch.branch_id.company_id)

    def _club_life(self):
        """(first day, day after the last one) of a card of this batch that begins to live today."""
        today = self.club_id._club_today()
        start = max(today, self.valid_from or today)
        if self.validity == "date":
            return start, fields.Date.add(self.valid_until, days=1)
        return start, start + relativedelta(**{self.valid_unit: self.valid_number})

    def _club_batch_problem(self):
        today = self.club_id._club_today()
        if self.state != "draft":
            return self.env._("The cards of this batch are made already.")
        if self.validity == "date" and not self.valid_until:
            return self.env._("Choose the last day of the cards.")
        if self.validity == "date" and self.valid_until < max(today, self.valid_from or today):
            return self.env._("The last day of the cards is over before they begin. Choose a later one.")
        if self.validity == "period" and self.valid_number < 1:
            return self.env._("Say for how many days or months the cards are valid.")
        if self.kind != "discount" and self.activation == "now" and not self.value:
            return self.env._("Cards that are active at once need a value.")
        if self.kind == "discount" and not 0 < self.percent <= 100:
            return self.env._("A discount is above 0 and at most 100 %.")
        if self.with_pin and self.quantity > LARGEST_WITH_PIN:
            return self.env._("A batch with PINs has at most %s cards. Make several batches.", LARGEST_WITH_PIN)
        return False
