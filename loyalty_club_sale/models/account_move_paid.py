"""What invoices were really paid with, as far as it decides what is booked: money, value of a club, credit notes.

Odoo's state "paid" also says that an invoice was written off, or set off against something that is no payment. So the
part that was paid is read from the reconciled entries.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from odoo import models
from odoo.addons.loyalty_club.tools.amount import exact
from odoo.tools import SQL

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(slots=True)
class PaidParts:
    """Of an invoice: its total, what sells stored value on it, and amounts that settled it; of a credit note, what it
    credits of each order. ``loose`` is the part of its goods that was taken off again by lines of no order."""

    total: Fraction = ZERO
    value: Fraction = ZERO
    money: Fraction = ZERO
    club: Fraction = ZERO
    credited: Fraction = ZERO
    linked: Fraction = ZERO
    loose: Fraction = ZERO
    goods: dict = field(default_factory=dict)
    taken_off: dict = field(default_factory=dict)

    def add_line(self, order_id, takes_off, is_value, amount):
        """Count a line of this document; ``takes_off``: a reward, or the discount of a card."""
        if is_value:
            self.value += max(ZERO, amount)
        if order_id and takes_off:
            self.taken_off[order_id] = self.taken_off.get(order_id, ZERO) - amount
        elif order_id:
            self.goods[order_id] = self.goods.get(order_id, ZERO) + amount

    def of_value(self):
        """The part of stored value on it that is covered by money."""
        return min(ONE, (self.money + self.linked) / self.value) if self.value > 0 else ONE

    def of_goods(self, legacy=False):
        """The part of its goods that was paid, in whatever way, or credited."""
        if legacy or self.total <= 0:
            return ONE
        return min(ONE, (self.money + self.club + self.credited) / self.total)

    def given_back(self, order_id):
        """The part of rewards on this credit note that its goods of the same order carry."""
        taken_off = self.taken_off.get(order_id, ZERO)
        return min(ONE, max(ZERO, self.goods.get(order_id, ZERO)) / taken_off) if taken_off > 0 else ONE


class AccountMove(models.Model):
    _inherit = "account.move"

    def _club_paid_parts(self):
        """{move id: PaidParts} of these invoices and credit notes."""
        parts = {move_id: PaidParts() for move_id in self.ids}
        if parts:
            self.env.flush_all()
            self._club_read_totals(parts)
            self._club_read_payments(parts)
            self._club_read_lines(parts)
            self._club_read_down_payments(parts)
        return parts

    def _club_read_totals(self, parts):
        rows = self.env.execute_query(
            SQL(
                """SELECT item.move_id, SUM(item.amount_currency)::text FROM account_move_line item
                     JOIN account_account account ON account.id = item.account_id
                    WHERE item.move_id = ANY(%s) AND account.account_type = 'asset_receivable' GROUP BY 1""",
                self.ids,
            )
        )
        for move_id, total in rows:
            parts[move_id].total = exact(Decimal(total))

    def _club_read_payments(self, parts):
        """What settled the invoices, in their own currency.

        A payment counts with the part of it that is money: not what it writes off, and not more than its entry has.
        Long because it is one statement and what is made of its rows.
        """
        books = self.env["loyalty.club.book"].sudo()  # which journals pay with value, for whoever bills
        club = books.search([("payment_journal_id", "!=", False)]).payment_journal_id.ids
        rows = self.env.execute_query(
            SQL(
                """SELECT item.move_id, counter.move_type, counter.journal_id = ANY(%(club)s),
                          counter.origin_payment_id IS NOT NULL OR counter.statement_line_id IS NOT NULL %(till)s,
                          (part.debit_amount_currency
                              * LEAST(1, ABS(other.balance) / NULLIF((SELECT SUM(all_of.amount)
                                  FROM account_partial_reconcile all_of WHERE all_of.credit_move_id = other.id), 0))
                              * LEAST(1, COALESCE(payment.amount, statement.amount, whole.amount)
                                         / whole.amount))::text,
                          COALESCE(tied.amount / NULLIF(tied.total, 0), 0)::text
                     FROM account_partial_reconcile part
                     JOIN account_move_line item ON item.id = part.debit_move_id
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move counter ON counter.id = other.move_id AND counter.state = 'posted'
                LEFT JOIN account_payment payment ON payment.id = counter.origin_payment_id
                LEFT JOIN LATERAL (SELECT SUM(ABS(cash.balance)) AS amount FROM account_move_line cash
                                     JOIN account_journal journal ON journal.id = counter.journal_id
                                    WHERE cash.move_id = counter.id AND counter.statement_line_id IS NOT NULL
                                      AND cash.account_id = journal.default_account_id) statement ON TRUE
                     JOIN LATERAL (SELECT SUM(CASE WHEN payment.id IS NULL THEN -owed.balance
                                                   ELSE -owed.amount_currency END) AS amount
                                     FROM account_move_line owed
                                     JOIN account_account account ON account.id = owed.account_id
                                    WHERE owed.move_id = counter.id AND owed.balance < 0
                                      AND account.account_type IN ('asset_receivable', 'liability_payable')) whole
                          ON whole.amount > 0
                LEFT JOIN LATERAL (SELECT SUM(sold.price_total) FILTER (WHERE EXISTS (
                                              SELECT FROM sale_order_line_invoice_rel rel
                                               WHERE rel.invoice_line_id = sold.id)) AS amount,
                                          SUM(sold.price_total) AS total
                                     FROM account_move_line sold
                                    WHERE sold.move_id = counter.id AND sold.display_type = 'product') tied ON TRUE
                    WHERE item.move_id = ANY(%(moves)s)""",
                club=club,
                # an invoice of a till's order is settled by the entries of its payments
                till=SQL("OR EXISTS (SELECT FROM pos_payment paid WHERE paid.account_move_id = counter.id)")
                if "pos_payment_ids" in self._fields
                else SQL(),
                moves=self.ids,
            )
        )
        for move_id, move_type, by_club, by_payment, amount, tied in rows:
            found, amount = parts[move_id], exact(Decimal(amount))
            if by_club:
                found.club += amount if by_payment else ZERO
            elif by_payment:
                found.money += amount
            elif move_type == "out_refund":
                found.credited += amount
                found.linked += amount * min(ONE, max(ZERO, exact(Decimal(tied))))
        self._club_read_unposted_payments(parts, club)

    def _club_read_unposted_payments(self, parts, club):
        """Payments that have no entry of their own until the bank confirms them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT rel.invoice_id, SUM(payment.amount)::text FROM account_move__account_payment rel
                     JOIN account_payment payment ON payment.id = rel.payment_id AND payment.move_id IS NULL
                    WHERE rel.invoice_id = ANY(%s) AND payment.state IN ('in_process', 'paid')
                      AND payment.payment_type = 'inbound' AND NOT payment.journal_id = ANY(%s) GROUP BY 1""",
                self.ids,
                club,
            )
        )
        for move_id, amount in rows:
            parts[move_id].money += exact(Decimal(amount))

    def _club_read_lines(self, parts):
        """What the lines sell and take off; the part of the goods that lines of no order take off again."""
        sold = self.env["loyalty.program"]._club_sold_anywhere()
        taken, goods = defaultdict(Fraction), defaultdict(Fraction)
        for move_id, against, product_id, order_id, takes_off, amount in self._club_line_rows():
            amount, is_value = exact(Decimal(amount or 0)), product_id in sold
            if move_id in parts:
                parts[move_id].add_line(order_id, takes_off, is_value, amount)
            if amount > 0 and not is_value:
                goods[move_id] += amount
            if not order_id and against and not is_value:
                taken[against] += amount
            elif not order_id and not against and amount < 0:
                taken[move_id] -= amount
        for move_id, found in parts.items():
            if taken[move_id] > 0 and goods[move_id]:
                found.loose = min(ONE, taken[move_id] / goods[move_id])

    def _club_read_down_payments(self, parts):
        """Down payments that these invoices deduct are money too, as far as their own invoices were paid with it."""
        selling = [move_id for move_id, found in parts.items() if found.value > 0]
        rows = selling and self.env.execute_query(
            SQL(
                """SELECT item.move_id, paid.move_id, MIN(-item.price_total)::text, MIN(paid.price_total)::text
                     FROM account_move_line item
                     JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
                     JOIN sale_order_line line ON line.id = rel.order_line_id AND line.is_downpayment
                     JOIN sale_order_line_invoice_rel other ON other.order_line_id = line.id
                     JOIN account_move_line paid ON paid.id = other.invoice_line_id AND paid.price_total > 0
                     JOIN account_move bill ON bill.id = paid.move_id
                    WHERE item.move_id = ANY(%s) AND item.price_total < 0 AND paid.move_id <> item.move_id
                      AND bill.move_type = 'out_invoice' AND bill.state = 'posted' GROUP BY item.id, paid.id""",
                selling,
            )
        )
        before = self.browse({row[1] for row in rows or ()} - set(self.ids))._club_paid_parts()
        for move_id, bill_id, deducted, billed in rows or ():
            bill = parts.get(bill_id) or before.get(bill_id)
            if bill and bill.total > 0:
                amount = min(exact(Decimal(deducted)), exact(Decimal(billed)))
                parts[move_id].money += amount * min(ONE, bill.money / bill.total)

    def _club_line_rows(self):
        """(move, invoice that it credits, product, order, takes off?, amount) of lines, and of their credit notes."""
        return self.env.execute_query(
            SQL(
                """SELECT move.id, CASE WHEN move.move_type = 'out_refund' THEN move.reversed_entry_id END,
                          item.product_id, line.order_id,
                          COALESCE(line.reward_id IS NOT NULL OR line.club_discount, FALSE), item.price_total::text
                     FROM account_move_line item
                     JOIN account_move move ON move.id = item.move_id
                LEFT JOIN LATERAL (SELECT MIN(rel.order_line_id) AS id FROM sale_order_line_invoice_rel rel
                                    WHERE rel.invoice_line_id = item.id) first ON TRUE
                LEFT JOIN sale_order_line line ON line.id = first.id
                    WHERE item.display_type = 'product' AND (move.id = ANY(%(moves)s) OR (
                              move.reversed_entry_id = ANY(%(moves)s) AND move.move_type = 'out_refund'
                              AND move.state = 'posted'))""",
                moves=self.ids,
            )
        )


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    def _club_sold_anywhere(self):
        """Ids of all products that sell value of a club."""
        programs = self.env["sale.order"]._club_managed_programs()
        return frozenset().union(*(program._club_sold_products() for program in programs))
