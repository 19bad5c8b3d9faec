"""Card batches: numbers made at once for the printer; large ones are made in the background, chunk by chunk."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.card_number import make_numbers
from ..tools.track2 import track2

#: Up to this many cards are made while the user waits.
DIRECT = 10_000
#: Cards made between two commits in the background.
STEP = 10_000
LARGEST = 5_000_000


class LoyaltyClubCardBatch(models.Model):
    _name = "loyalty.club.card.batch"
    _inherit = ["loyalty.club.batch.mixin", "loyalty.club.guarded.mixin"]
    _description = "Card Batch"
    _order = "id desc"

    name = fields.Char(required=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    quantity = fields.Integer(required=True, default=100)
    expires_on = fields.Date(help="Last day on which the cards are accepted. Empty: they never expire.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("running", "Being made"), ("done", "Done")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    card_ids = fields.One2many(comodel_name="loyalty.club.card", inverse_name="batch_id", readonly=True)
    made_count = fields.Integer(string="Cards made", compute="_compute_counts")
    stock_count = fields.Integer(string="In stock", compute="_compute_counts")
    active_count = fields.Integer(string="Given to members", compute="_compute_counts")
    other_count = fields.Integer(string="Lost, blocked, replaced or expired", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts", help="Share of the cards that are made.")

    _quantity_range = models.Constraint(
        f"CHECK (quantity BETWEEN 1 AND {LARGEST})", "A batch has between one and five million cards."
    )

    def _compute_counts(self):
        counts = self._club_cards_by_state("loyalty.club.card")
        for batch in self:
            by_state = counts[batch.id]
            batch.made_count = sum(by_state.values())
            batch.stock_count = by_state["stock"]
            batch.active_count = by_state["active"]
            batch.other_count = batch.made_count - batch.stock_count - batch.active_count
            batch.progress = 100 * batch.made_count / batch.quantity if batch.quantity else 0

    def write(self, vals):
        if not self.env.su:
            if "state" in vals:
                raise AccessError(self.env._("Use the buttons to make the cards of a batch."))
            if {"club_id", "quantity", "expires_on"} & set(vals) and self.filtered(
                lambda batch: batch.state != "draft"
            ):
                raise UserError(
                    self.env._("The cards of this batch are made. Make another batch for more, or change single cards.")
                )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "state": "draft"} for vals in vals_list])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        if self.filtered(lambda batch: batch.state != "draft"):
            raise UserError(self.env._("Only drafts can be deleted: the numbers of this batch may be at the printer."))

    def action_make(self):
        """Make the numbers: small batches at once, large ones in the background."""
        self.check_access("write")
        for batch in self.filtered(lambda batch: batch.state == "draft"):
            batch._club_check_room()
            batch.sudo().state = "running"  # states change by the buttons only
            if batch.quantity <= DIRECT:
                batch._club_make(batch.quantity)
            else:
                self.env.ref(
                    "loyalty_club.ir_cron_card_batch"
                ).sudo()._trigger()  # who may make cards may start the job

    def _club_check_room(self):
        """Refuse a batch that would use up the numbers of the prefix."""
        space = 10 ** (15 - len(self.club_id.card_prefix))
        used = self.env["loyalty.club.card"].sudo().search_count([("number", "=like", f"{self.club_id.card_prefix}%")])
        if (used + self.quantity) * 2 > space:
            raise UserError(
                self.env._(
                    "The prefix %(prefix)s leaves too few free numbers for %(quantity)s more cards. "
                    "Choose a shorter prefix on the club.",
                    prefix=self.club_id.card_prefix,
                    quantity=self.quantity,
                )
            )

    @api.model
    def _cron_make(self):
        """Make what is left of running batches; an interrupted one goes on where it stopped."""
        batches = self.search([("state", "=", "running")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=sum(batch.quantity - batch.made_count for batch in batches))
        for batch in batches:
            while batch.state == "running":
                made = batch._club_make(STEP)
                if not self.env["ir.cron"]._commit_progress(made):
                    return

    def _club_make(self, limit):
        """Make up to ``limit`` missing cards, and close the batch when none is missing; returns how many were made."""
        self.ensure_one()
        self.env.flush_all()
        # two jobs must not both fill the gap
        self.env.cr.execute(SQL("SELECT FROM loyalty_club_card_batch WHERE id = %s FOR NO KEY UPDATE", self.id))
        counted = self.env.execute_query(SQL("SELECT count(*) FROM loyalty_club_card WHERE batch_id = %s", self.id))[0][
            0
        ]
        wanted = max(0, min(limit, self.quantity - counted))
        made = 0
        while made < wanted:
            numbers = make_numbers(self.club_id.card_prefix, wanted - made)
            made += len(
                self.env["loyalty.club.card"]._club_insert(
                    self.club_id, numbers, batch=self, expires_on=self.expires_on
                )
            )
        if counted + made >= self.quantity:
            self.sudo().state = "done"  # states change by the buttons only
        self.invalidate_recordset(
            ["card_ids", "made_count", "stock_count", "active_count", "other_count", "progress"], flush=False
        )
        return made

    def action_open_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.loyalty_club_card_action")
        action.update(domain=[("batch_id", "=", self.id)], context={"create": False}, display_name=self.name)
        return action

    def action_export_csv(self):
        return self._club_export("csv")

    def action_export_xlsx(self):
        return self._club_export("xlsx")

    def _club_export(self, form):
        self.ensure_one()
        if self.state != "done":
            raise UserError(self.env._("The cards are not made yet. Wait until the batch is done."))
        return {"type": "ir.actions.act_url", "url": f"/loyalty_club/batch/{self.id}.{form}", "target": "download"}

    def _club_export_rows(self):
        """What the printer needs, header first: number, number in groups, content of the barcode, magnetic track 2."""
        self.ensure_one()
        yield ("number", "printed", "barcode", "track2", "valid_until")
        rows = self.env.execute_query(
            SQL("SELECT number, expires_on FROM loyalty_club_card WHERE batch_id = %s ORDER BY id", self.id)
        )
        for number, expires_on in rows:
            groups = " ".join(number[start : start + 4] for start in range(0, 16, 4))
            yield (number, groups, number, track2(number, expires_on), expires_on.isoformat() if expires_on else "")
