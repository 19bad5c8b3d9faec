"""Ledger and accounts side by side: what is owed, what explains a difference, and what nothing explains."""

from odoo import api, fields, models


class LoyaltyClubTie(models.TransientModel):
    _name = "loyalty.club.tie"
    _description = "Ledger and Accounts Compared"

    book_id = fields.Many2one(comodel_name="loyalty.club.book", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="book_id.company_id")
    currency_id = fields.Many2one(related="book_id.currency_id")
    made_at = fields.Datetime(string="Compared at", default=fields.Datetime.now, readonly=True)
    difference = fields.Monetary(readonly=True, help="What nothing explains.")
    agrees = fields.Boolean(compute="_compute_agrees")
    line_ids = fields.One2many(comodel_name="loyalty.club.tie.line", inverse_name="tie_id", readonly=True)

    @api.depends("difference")
    def _compute_agrees(self):
        for tie in self:
            tie.agrees = tie.currency_id.is_zero(tie.difference)

    @api.depends("book_id")
    def _compute_display_name(self):
        for tie in self:
            tie.display_name = self.env._("%s: ledger and accounts", tie.book_id.display_name)

    @api.model
    def _club_compare(self, book):
        """A fresh comparison of ``book``."""
        found = book._club_tie()
        expected = found["ledger"] - sum(part.amount for part in found["parts"])
        lines = [
            ("ledger", self.env._("Owed according to the club's ledger"), found["ledger"], "", []),
            *((part.code, part.label, -part.amount, part.model, list(part.ids)) for part in found["parts"]),
            ("expected", self.env._("Should be in the accounts"), expected, "", []),
            (
                "general",
                self.env._("Is in the accounts: %s", book.liability_account_id.display_name),
                found["general"],
                "",
                [],
            ),
            ("difference", self.env._("Difference that nothing explains"), found["difference"], "", []),
        ]
        return self.create(
            {
                "book_id": book.id,
                "difference": float(found["difference"]),
                "line_ids": [
                    fields.Command.create(
                        {"code": code, "name": name, "amount": float(amount), "model": model, "record_ids": ids}
                    )
                    for code, name, amount, model, ids in lines
                ],
            }
        )

    def action_print(self):
        self.ensure_one()
        return self.env.ref("loyalty_club.action_report_tie").report_action(self)

    def action_again(self):
        return self.book_id.action_club_tie()


class LoyaltyClubTieLine(models.TransientModel):
    _name = "loyalty.club.tie.line"
    _description = "Line of a Comparison"
    _order = "id"

    tie_id = fields.Many2one(comodel_name="loyalty.club.tie", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="tie_id.currency_id")
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="What", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    model = fields.Char(readonly=True)
    record_ids = fields.Json(readonly=True)

    def action_open(self):
        """Open what is behind the amount."""
        self.ensure_one()
        book = self.tie_id.book_id
        model, domain = self.model, [("id", "in", self.record_ids or [])]
        if self.code in ("ledger", "expected", "difference"):
            model = "loyalty.club.liability.report"
            domain = [
                ("club_id", "=", book.club_id.id),
                ("value", "=", book.kind),
                ("company_id", "=", book.company_id.id),
            ]
        elif self.code == "general":
            model = "account.move.line"
            domain = [
                ("account_id", "=", book.liability_account_id.id),
                ("company_id", "=", book.company_id.id),
                ("parent_state", "=", "posted"),
            ]
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "view_mode": "list,form" if model != "loyalty.club.liability.report" else "pivot,graph,list",
            "domain": domain,
        }


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    def action_club_tie(self):
        """Compare the ledger with the accounts, now."""
        self.ensure_one()
        self.check_access("read")
        tie = self.env["loyalty.club.tie"]._club_compare(self)
        return {
            "type": "ir.actions.act_window",
            "name": tie.display_name,
            "res_model": "loyalty.club.tie",
            "res_id": tie.id,
            "view_mode": "form",
            "target": "current",
        }
