"""Refunds to credit and cards: back to the lots that paid for the goods; new credit only with the club's consent."""

from odoo import api, models
from odoo.addons.loyalty_club.rules.movement import Movement


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_give(self, payment, club, branch, member):
        """Give back value for a refund: to the very lots that paid for the goods; the entries.

        What goes beyond that is new credit, and needs the club's consent or a manager.
        """
        Entry = self.env["loyalty.club.entry"].sudo()
        origins = self.lines.refunded_orderline_id.order_id
        paid = origins._club_value_paid(payment.payment_method_id.club_kind)
        keys = {f"pos.payment:{payment.uuid}:back:{entry.id}": entry for entry in paid}
        load_key = f"pos.payment:{payment.uuid}:load"
        known = Entry.search([("key", "in", [*keys, load_key])])
        if known:
            return known
        left, back = self._club_money(-payment.amount), Entry
        for key, entry in keys.items():
            part = min(left, entry._club_left_to_give_back())
            if part > 0:
                left -= part
                back |= entry._club_reverse(
                    key,
                    part,
                    reason=self.env._("Refund %s", self.name),
                    branch_id=branch.id,
                    occurred_at=self._club_at(),
                    origin=(self._name, self.id),
                    documented=True,
                )
        return back | self._club_give_new(payment, left, load_key, club, branch, member) if left else back

    def _club_value_paid(self, kind):
        """Entries that spent value of a kind to pay these orders, the last one first."""
        if not self:
            return self.env["loyalty.club.entry"]
        entries = self.env["loyalty.club.entry"].sudo()  # cashiers don't read the ledger that their sales feed
        found = entries.search(
            [
                ("origin_model", "=", self._name),
                ("origin_id", "in", self.ids),
                ("kind", "=", "redeem"),
                ("documented", "=", True),
            ]
        )
        return found.filtered(lambda entry: entry.account_id.kind == kind)

    @api.model
    def _club_may_give_credit(self, club):
        """Whether this user may give credit for goods that were paid in another way."""
        return club.refund_to_credit or self.env.user.has_group("loyalty_club.group_club_manager")

    def _club_give_new(self, payment, amount, key, club, branch, member):
        """Credit in place of money for returned goods."""
        Entry = self.env["loyalty.club.entry"]
        method = payment.payment_method_id
        if method.club_kind != "credit" or not member or not self._club_may_give_credit(club):
            self._club_refuse_payment(
                self.env._(
                    "%(amount)s is more than what was paid by %(method)s for these goods. "
                    "Refund the rest as it was paid, or ask a manager of the club.",
                    amount=self.currency_id.format(float(amount)),
                    method=method.name,
                ),
                amount=float(amount),
            )
            return Entry
        return Entry._club_post(
            [
                Movement(
                    key=key,
                    kind="load",
                    account_id=member._club_account(club.credit_program_id).id,
                    amount=amount,
                    incoming=True,
                    counter="issue",
                    branch_id=branch.id,
                    occurred_at=self._club_at(),
                    origin=(self._name, self.id),
                    reason=self.env._("Refund %s", self.name),
                    documented=True,
                )
            ]
        )


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_left_to_give_back(self):
        """What this spending took and no refund has given back yet (Decimal)."""
        return -self._club_signed_amounts()[self.id] - self._club_reversed_amount()
