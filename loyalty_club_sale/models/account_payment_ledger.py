"""What the ledger holds for payments, and the steps that bring it to what they say."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from odoo import api, models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.exceptions import UserError
from odoo.tools import SQL


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a payment: what it brought into its account (below zero: took), and what of it is not undone."""

    entry_id: int
    account_id: int
    kind: str
    amount: Decimal
    left: Decimal


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _club_settle(self, posting=False, gone=False):
        """Bring the ledger to what these payments say, each by the difference alone.

        :param posting: they are about to be posted
        :param gone: they are about to be deleted
        :raises UserError: not that much there, not allowed to pay it, or what came back is spent
        """
        if not self:
            return
        self.env.flush_all()
        booked = self.sudo()._club_booked()
        journals = self.journal_id._club_pays()
        # refunds first: a payment that is reset together with its refund takes back all of its own
        for payment in self.sudo().sorted(lambda payment: payment.payment_type == "inbound"):
            # (posting a payment moves a balance, without any right on the ledger)
            # the entry decides: while it is posted, it pays the invoice, whatever the payment's state is set to
            stands = payment.move_id.state == "posted" or (
                not payment.move_id and payment.state in ("in_process", "paid")
            )
            target = payment._club_amount() if (posting or stands) and not gone else ZERO
            rows = booked[payment.id]
            sign = -1 if payment.payment_type == "inbound" else 1
            change = target - sign * sum((row.amount for row in rows), ZERO)
            if not change:
                continue
            if change < 0:
                payment._club_undo(rows, -change)
            else:
                payment._club_refuse(*journals[payment.journal_id])
                if sign > 0:
                    payment._club_check_refund(change, booked)
                (payment._club_spend if sign < 0 else payment._club_give_back)(change, len(rows))

    def _club_origins(self):
        """The documents whose entries are these payments': themselves and their online transactions."""
        return [("account.payment", payment.id) for payment in self] + [
            ("payment.transaction", transaction.id) for transaction in self.payment_transaction_id
        ]

    def _club_booked(self):
        """{payment id: [Row]} in the order of booking."""
        return self._club_rows({origin: payment.id for payment in self for origin in payment._club_origins()})

    @api.model
    def _club_rows(self, owners):
        """{owner: [Row]} of ``owners``: {(model, id) of a document: owner}."""
        booked = defaultdict(list)
        rows = self.env.execute_query(
            SQL(
                """SELECT entry.origin_model, entry.origin_id, entry.id, entry.kind, posting.account_id,
                          SUM(CASE WHEN posting.to_account_id = posting.account_id
                                   THEN posting.amount ELSE -posting.amount END)::text,
                          (SELECT COALESCE(SUM(back.amount), 0)::text FROM loyalty_club_entry undo
                             JOIN loyalty_club_posting back ON back.entry_id = undo.id
                            WHERE undo.reversal_of_id = entry.id)
                     FROM loyalty_club_entry entry
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                    WHERE (entry.origin_model, entry.origin_id) IN %s
                 GROUP BY entry.id, posting.account_id ORDER BY entry.id""",
                tuple(owners),
            )
        )
        for model, origin_id, entry_id, kind, account_id, amount, undone in rows:
            amount = Decimal(amount)
            row = Row(entry_id, account_id, kind, amount, abs(amount) - Decimal(undone))
            booked[owners[model, origin_id]].append(row)
        return booked

    def _club_key(self, count):
        """The key of the entry that comes after ``count`` others; the first one carries no number."""
        return f"account.payment:{self.id}" + (f":{count}" if count else "")

    def _club_entry_values(self):
        return {"origin": ("account.payment", self.id), "reason": self.name or self.memo or "", "documented": True}

    # -- forth ---------------------------------------------------------------------------------------------------------

    def _club_spend(self, amount, count):
        """Take ``amount`` from whoever pays."""
        club, kind = self.journal_id._club_pays()[self.journal_id]
        account = self._club_account()
        if not account:
            raise UserError(self._club_no_account(club, kind))
        branch = self._club_branch(club)
        invoices = self.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")
        self._club_check_share(account, amount, branch, self._club_ticket(), invoices)
        hold = account._club_authorise(
            amount,
            key=self._club_key(count),
            branch=branch or None,
            ticket=self._club_ticket(),
            proof=self.club_proof or None,
            order=self._club_order_key(),
        )
        hold._club_capture(branch_id=branch.id or None, **self._club_entry_values())

    def _club_no_account(self, club, kind):
        if kind != "credit":
            return self.env._("Type the code of the card that pays.")
        return self.env._(
            "%(customer)s has no credit in %(club)s. Choose another journal.",
            customer=self.partner_id.display_name or self.env._("The customer"),
            club=club.name,
        )

    def _club_give_back(self, amount, count):
        """Return ``amount``: to the very lots that paid these invoices first, what is beyond becomes new credit."""
        Entry = self.env["loyalty.club.entry"]
        club, kind = self.journal_id._club_pays()[self.journal_id]
        for row in reversed(self._club_paid_with(club._club_program(kind))):
            part = min(amount, row.left)
            if part > 0:
                entry = Entry.browse(row.entry_id)
                entry._club_reverse(self._club_key(count), part, **self._club_entry_values())
                amount -= part
                count += 1
        if not amount:
            return
        if kind != "credit":
            raise UserError(
                self.env._(
                    "%s more than these cards paid for it is to go back to them. "
                    "Return the rest as credit or by another journal.",
                    self.currency_id.format(float(amount)),
                )
            )
        account = self._club_account(create=True)
        if not account:
            raise UserError(self._club_no_account(club, kind))
        load = Movement(
            key=self._club_key(count),
            kind="load",
            account_id=account.id,
            amount=amount,
            incoming=True,
            counter="issue",
            branch_id=self._club_branch(club).id or None,
            **self._club_entry_values(),
        )
        Entry._club_post([load])

    def _club_paid_with(self, program):
        """The rows of payments by which the documents of this refund were paid with value of ``program``."""
        source = self.source_payment_id or self.payment_transaction_id.source_transaction_id.payment_id
        invoices = self.invoice_ids | self.invoice_ids.reversed_entry_id
        if not source:
            # a credit note made on the order has no link to the invoice
            invoices |= invoices.line_ids.sale_line_ids.invoice_lines.move_id
            transactions = invoices.line_ids.sale_line_ids.order_id.transaction_ids
            source = invoices.reconciled_payment_ids | invoices.matched_payment_ids | transactions.payment_id
        sources = (source - self).filtered(lambda payment: payment.payment_type == "inbound" and payment.club_kind)
        accounts = self.env["loyalty.club.account"].sudo()
        rows = [row for rows in sources._club_booked().values() for row in rows] if sources else []
        takes = self._club_takes(rows)
        return [row for row in takes if accounts.browse(row.account_id).program_id == program]

    def _club_takes(self, rows):
        """What these rows took and was not given back, as rows; also what was taken again when a refund was reset."""
        takes = self.env.execute_query(
            SQL(
                """WITH RECURSIVE chain AS (
                       SELECT id FROM loyalty_club_entry WHERE id = ANY(%s)
                       UNION SELECT undo.id FROM loyalty_club_entry undo JOIN chain ON undo.reversal_of_id = chain.id)
                   SELECT entry.id, posting.account_id, entry.kind, SUM(posting.amount)::text,
                          (SELECT COALESCE(SUM(back.amount), 0)::text FROM loyalty_club_entry undo
                             JOIN loyalty_club_posting back ON back.entry_id = undo.id
                            WHERE undo.reversal_of_id = entry.id)
                     FROM chain JOIN loyalty_club_entry entry ON entry.id = chain.id
                     JOIN loyalty_club_posting posting ON posting.entry_id = entry.id
                                                      AND posting.from_account_id = posting.account_id
                 GROUP BY entry.id, posting.account_id ORDER BY entry.id""",
                [row.entry_id for row in rows if row.kind == "redeem"],
            )
        )
        found = [(*head, Decimal(amount), Decimal(undone)) for *head, amount, undone in takes]
        return [Row(*head, -amount, amount - undone) for *head, amount, undone in found if amount > undone]

    # -- back ----------------------------------------------------------------------------------------------------------

    def _club_undo(self, rows, amount):
        """Undo ``amount`` of this payment's entries, the last one first.

        :raises UserError: a refund of it stands, or what it returned is spent
        """
        Entry = self.env["loyalty.club.entry"]
        count, wanted = len(rows), amount
        inbound = self.payment_type == "inbound"
        rows = self._club_takes(rows) if inbound else [row for row in rows if row.amount > 0]
        for row in reversed(rows):
            part = min(amount, row.left)
            if part > 0:
                Entry.browse(row.entry_id)._club_reverse(self._club_key(count), part, **self._club_entry_values())
                amount -= part
                count += 1
        if amount:
            raise UserError(
                self.env._(
                    "%(amount)s of %(payment)s went back to the customer already. Reset the refund first.",
                    amount=self.currency_id.format(float(amount)),
                    payment=self.name or self.env._("this payment"),
                )
                if inbound
                else self.env._("%s cannot be undone.", self.currency_id.format(float(wanted)))
            )
