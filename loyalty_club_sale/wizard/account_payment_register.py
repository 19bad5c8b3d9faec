"""Register payment: the customer's credit or a card pays one invoice or many."""

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError
from odoo.fields import Command


class AccountPaymentRegister(models.TransientModel):
    _name = "account.payment.register"
    _inherit = ["account.payment.register", "loyalty.club.code.mixin"]

    club_kind = fields.Selection(
        selection=[("credit", "Credit"), ("gift", "Gift card"), ("prepaid", "Prepaid card")],
        compute="_compute_club_kind",
    )
    club_paid_by = fields.Char(string="Paid by", compute="_compute_club_paid_by", compute_sudo=True)
    club_confirmation = fields.Char(
        string="Code from the mobile",
        compute="_compute_club_confirmation",
        inverse="_inverse_club_confirmation",
        help="For more than the club's limit: the customer reads it from the message that “Send a code” sends him.",
    )
    club_confirmed = fields.Boolean(compute="_compute_club_confirmed", compute_sudo=True)

    @api.depends("journal_id")
    def _compute_club_kind(self):
        journals = self.journal_id._club_pays()
        for wizard in self:
            wizard.club_kind = journals.get(wizard.journal_id, (None, False))[1]

    @api.depends("journal_id", "line_ids", "club_code")
    def _compute_club_paid_by(self):
        journals = self.journal_id._club_pays()
        for wizard in self:
            _club, kind = journals.get(wizard.journal_id, (None, False))
            account = wizard.club_account_id
            if kind == "credit":
                # many customers pay with a balance each
                alone = len(wizard.line_ids.move_id.partner_id.commercial_partner_id) == 1
                member = wizard._club_member()
                account = member.account_ids.filtered(lambda account: account.kind == "credit")[:1]
                nobody = self.env._("No credit") if alone else self.env._("Each customer's own credit")
            else:
                nobody = False
            wizard.club_paid_by = account._club_payer() if kind and account else kind and nobody

    @api.depends("amount", "journal_id")
    def _compute_club_confirmation(self):
        self.club_confirmation = False

    @api.depends("club_confirmation")
    def _compute_club_confirmed(self):
        for wizard in self:
            wizard.club_confirmed = bool(wizard.club_proof)

    def _inverse_club_confirmation(self):
        """
        :raises UserError: a wrong code; the try is counted all the same
        """
        for wizard in self.filtered("club_confirmation"):
            answer = (
                self.env["loyalty.club.proof"]
                .sudo()  # the code is the right to see it
                ._club_confirm(wizard._club_order_key(), wizard.club_confirmation, wizard._club_member())
            )
            if not answer["key"]:
                raise UserError(answer["message"])
            wizard.sudo().club_proof = answer["key"]

    def _club_order_key(self):
        """As the payment names what it pays."""
        return f"account.move:{','.join(map(str, sorted(self.line_ids.move_id.ids)))}"

    def _club_member(self):
        """The one customer whose credit pays; empty when there are many, or none."""
        self.ensure_one()
        club, _kind = self.journal_id._club_pays().get(self.journal_id, (None, None))
        partners = self.line_ids.move_id.partner_id
        Member = self.env["loyalty.club.member"].sudo()  # the customer of these invoices
        if not club or len(partners.commercial_partner_id) != 1:
            return Member
        return Member._club_of_partners(club, partners | partners.commercial_partner_id)

    def action_club_send_code(self):
        """Send the customer a code with which this amount may be spent."""
        self.ensure_one()
        self.check_access("write")
        member = self._club_member()
        if self.club_kind != "credit" or not member:
            raise UserError(self.env._("Choose the credit journal, and pay invoices of one member."))
        amount = to_amount(self.amount, self.currency_id.decimal_places)
        Proof = self.env["loyalty.club.proof"].sudo()  # the code goes to the member himself
        answer = Proof._club_request(member, "credit", amount, self._club_order_key())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if answer["status"] == "sent" else "warning",
                "message": answer["message"],
                "next": {
                    "type": "ir.actions.act_window",
                    "res_model": self._name,
                    "res_id": self.id,
                    "views": [(False, "form")],
                    "target": "new",
                },
            },
        }

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
