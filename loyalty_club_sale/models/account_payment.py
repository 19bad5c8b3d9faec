"""Payments with stored value in the back office: taken from the ledger before they are posted, given back with them.

The ledger is brought to what a payment says, as it is with orders: posted, its amount is spent (or, for money that goes
back to the customer, returned); in every other state nothing is. A payment that an online transaction made finds the
transaction's entry and books nothing again. The steps are in ``account_payment_ledger.py``.
"""

from odoo import api, fields, models
from odoo.addons.loyalty_club.models.club_payment import TicketLine
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError

#: Where a transaction notes which payments have to be looked at before it ends.
MARKS = "loyalty_club_sale.payments"


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "loyalty.club.code.mixin"]

    club_kind = fields.Selection(
        selection=[("credit", "Credit"), ("gift", "Gift card"), ("prepaid", "Prepaid card")],
        compute="_compute_club_kind",
    )
    club_paid_by = fields.Char(string="Paid by", compute="_compute_club_paid_by", compute_sudo=True)

    @api.depends("journal_id")
    def _compute_club_kind(self):
        journals = self.journal_id._club_pays()
        # a till's closing entry sums up what its orders took from the ledger; the field is there with tills only
        closing = self.filtered("pos_session_id") if "pos_session_id" in self._fields else self.browse()
        for payment in self:
            payment.club_kind = journals.get(payment.journal_id, (None, False))[1] if payment not in closing else False

    @api.depends("journal_id", "partner_id", "club_code", "state")
    def _compute_club_paid_by(self):
        for payment in self:
            account = payment._club_account() if payment.club_kind else None
            payment.club_paid_by = account and account._club_payer(left=payment.state == "draft")

    # -- when the club looks -------------------------------------------------------------------------------------------

    def action_post(self):
        ours = self.filtered("club_kind")
        ours._club_settle(posting=True)
        result = super().action_post()
        # no bank will ever confirm them
        ours.filtered(lambda payment: payment.state == "in_process").action_validate()
        return result

    def write(self, vals):
        result = super().write(vals)
        if {"state", "move_id", "amount"} & set(vals):
            self._club_mark()
        return result

    def unlink(self):
        self.filtered("club_kind")._club_settle(gone=True)
        return super().unlink()

    def _club_mark(self):
        """Have the club look at these payments before the transaction ends."""
        ids = [payment_id for payment_id in self._ids if isinstance(payment_id, int)]
        if not ids:
            return
        precommit = self.env.cr.precommit
        if MARKS not in precommit.data:
            precommit.data[MARKS] = set()
            precommit.add(self.env["account.payment"]._club_look)
        precommit.data[MARKS].update(ids)

    @api.model
    def _club_look(self):
        marks = self.env.cr.precommit.data.pop(MARKS, ())
        self.browse(sorted(marks)).exists().filtered("club_kind")._club_settle()

    # -- who pays, and for what ----------------------------------------------------------------------------------------

    def _club_account(self, create=False):
        """The account that pays: the typed card's, or the customer's credit; empty when there is none."""
        self.ensure_one()
        payment = self.sudo()  # the payer's balance, for whoever may post his payment
        club, kind = payment.journal_id._club_pays()[payment.journal_id]
        chosen = payment.club_account_id or payment.payment_transaction_id._club_account()
        if chosen.kind == kind:
            return chosen
        if kind != "credit":
            return chosen.browse()
        program = club._club_program("credit")
        member = self.env["loyalty.club.member"].sudo()._club_of_partners(club, payment._club_partners())
        if not member or not program:
            return self.env["loyalty.club.account"].sudo()
        return self.env["loyalty.club.account"].sudo()._club_for_member(member, program, create=create)

    def _club_partners(self):
        """Who may be the payer, the likeliest first."""
        self.ensure_one()
        partners = self.invoice_ids.partner_id | self.partner_id
        return partners | partners.commercial_partner_id

    def _club_branch(self, club):
        """The branch of this club where it is spent: that of the orders that are paid, else the company's only one."""
        self.ensure_one()
        payment = self.sudo()  # the branch only, for whoever may post the payment
        orders = payment.invoice_ids.line_ids.sale_line_ids.order_id | payment.payment_transaction_id.sale_order_ids
        branch = orders.club_branch_id.filtered(lambda branch: branch.club_id == club)[:1]
        if not branch:
            here = [("club_id", "=", club.id), ("company_id", "=", self.company_id.id)]
            branches = self.env["loyalty.club.branch"].sudo().search(here, limit=2)
            branch = branches if len(branches) == 1 else branch
        return branch

    def _club_ticket(self):
        """The lines that are paid, as ``TicketLine``; None when the payment is for no invoice yet."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        lines = invoices.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        digits = self.currency_id.decimal_places
        return [TicketLine(line.product_id.id, to_amount(line.price_total, digits)) for line in lines] or None

    def _club_refuse(self, club, kind):
        """
        :raises UserError: the payment can't be one with stored value, whatever the balance
        """
        self.ensure_one()
        program = club._club_program(kind)
        if self.partner_type != "customer":
            problem = self.env._("Vendors are not paid with a customer's balance. Choose another journal.")
        elif not program:
            problem = self.env._("%s has no program for this yet. Choose another journal.", club.name)
        elif (self.currency_id | self.invoice_ids.currency_id) != program.currency_id:
            problem = self.env._(
                "Balances of %(club)s are in %(currency)s and pay only what is in %(currency)s. "
                "Choose another journal.",
                club=club.name,
                currency=program.currency_id.name,
            )
        else:
            return
        raise UserError(problem)

    def _club_order_key(self):
        """Names what is paid, so that a one-time code for it is good for nothing else."""
        ids = self.invoice_ids.ids
        return f"account.move:{','.join(map(str, sorted(ids)))}" if ids else f"account.payment:{self.id}"

    def _club_amount(self):
        """The amount, exactly."""
        self.ensure_one()
        return to_amount(self.amount, self.currency_id.decimal_places)
