"""Register payment: the customer's credit or a card pays one invoice or many."""

from odoo import api, fields, models
from odoo.fields import Command


class AccountPaymentRegister(models.TransientModel):
    _name = "account.payment.register"
    _inherit = ["account.payment.register", "loyalty.club.code.mixin"]

    club_kind = fields.Selection(
        selection=[("credit", "Credit"), ("gift", "Gift card"), ("prepaid", "Prepaid card")],
        compute="_compute_club_kind",
    )
    club_paid_by = fields.Char(string="Paid by", compute="_compute_club_paid_by", compute_sudo=True)

    @api.depends("journal_id")
    def _compute_club_kind(self):
        journals = self.journal_id._club_pays()
        for wizard in self:
            wizard.club_kind = journals.get(wizard.journal_id, (None, False))[1]

    @api.depends("journal_id", "line_ids", "club_code")
    def _compute_club_paid_by(self):
        journals = self.journal_id._club_pays()
        Member = self.env["loyalty.club.member"]
        for wizard in self:
            club, kind = journals.get(wizard.journal_id, (None, False))
            account = wizard.club_account_id
            if kind == "credit":
                partners = wizard.line_ids.move_id.partner_id
                # many customers pay with a balance each
                alone = len(partners.commercial_partner_id) == 1
                member = Member._club_of_partners(club, partners | partners.commercial_partner_id) if alone else Member
                account = member.account_ids.filtered(lambda account: account.kind == "credit")[:1]
                nobody = self.env._("No credit") if alone else self.env._("Each customer's own credit")
            else:
                nobody = False
            wizard.club_paid_by = account._club_payer() if kind and account else kind and nobody

    def _create_payment_vals_from_wizard(self, batch_result):
        return self._club_complete(super()._create_payment_vals_from_wizard(batch_result), batch_result)

    def _create_payment_vals_from_batch(self, batch_result):
        return self._club_complete(super()._create_payment_vals_from_batch(batch_result), batch_result)

    def _club_complete(self, vals, batch_result):
        """Tell the payment before it is posted which invoices it is for: they say who pays, and for what."""
        if self.club_kind:
            vals["invoice_ids"] = [Command.set(batch_result["lines"].move_id.ids)]
        return vals

    def _init_payments(self, to_process, edit_mode=False):
        payments = super()._init_payments(to_process, edit_mode=edit_mode)
        if self.club_kind:
            wizard = self.sudo()  # fields that nobody reads or writes by hand
            payments.sudo().write({"club_account_id": wizard.club_account_id.id, "club_proof": wizard.club_proof})
        return payments
