"""Holds: amounts set aside until they are captured (spent) or released. A hold resolves once."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.movement import Movement


RELEASED_AT_ONCE = 500


class LoyaltyClubHold(models.Model):
    _name = "loyalty.club.hold"
    _description = "Club Hold"
    _log_access = False
    _order = "id desc"

    account_id = fields.Many2one(comodel_name="loyalty.club.account", required=True, index=True, ondelete="restrict")
    amount = fields.Float(digits=(16, 3), required=True)
    key = fields.Char(required=True)
    state = fields.Selection(
        selection=[("held", "Held"), ("captured", "Captured"), ("released", "Released")], default="held", required=True
    )
    placed_at = fields.Datetime(required=True)
    expires_at = fields.Datetime(required=True, help="Released by itself after this instant.")
    entry_id = fields.Many2one(
        comodel_name="loyalty.club.entry", ondelete="restrict", help="The spending that captured it."
    )

    _key_unique = models.Constraint("UNIQUE (key)", "This amount was set aside before.")
    _amount_positive = models.Constraint(
        "CHECK (amount > 0 AND amount = round(amount, 3))", "A hold must be above zero."
    )
    _due = models.Index("(expires_at) WHERE state = 'held'")

    @api.model
    def _club_hold(self, account, amount, key, expires_at):
        """Set ``amount`` (Decimal) of ``account`` aside until ``expires_at`` (UTC).

        :return: the hold; for a key that came before, the first hold
        :raises UserError: not that much is available; the key came with another amount
        """
        Entry = self.env["loyalty.club.entry"].sudo()
        self.env.flush_all()
        Entry._club_lock([account.id])
        known = self.sudo().search([("key", "=", key)])
        if known:
            if known.account_id != account or known.amount != float(amount):
                raise UserError(self.env._("“%s” was set aside before with another amount.", key))
            return known
        available = account._club_usable_totals()[account.id]
        if amount > available:
            raise UserError(
                self.env._(
                    "%(who)s has %(available)s to spend; %(needed)s are needed.",
                    who=account.member_id.display_name or account.card_id.code,
                    available=account._club_format(available),
                    needed=account._club_format(amount),
                )
            )
        hold = self.sudo().create(
            {
                "account_id": account.id,
                "amount": float(amount),
                "key": key,
                "placed_at": fields.Datetime.now(),
                "expires_at": expires_at,
            }
        )
        hold.flush_recordset()
        account.invalidate_recordset(["held", "available"], flush=False)
        return hold

    def _club_capture(self, **values):
        """Spend what was held, at the instant at which it was set aside: what dies in between was alive then.

        :param values: complete the movement (branch_id, origin, reason, documented, details)
        :return: the entry; for a hold that was captured before, its entry
        :raises UserError: it was released before
        """
        self.ensure_one()
        if self.state == "captured":
            return self.entry_id
        self._club_resolve("captured")
        amount = self.env.execute_query(SQL("SELECT amount::text FROM loyalty_club_hold WHERE id = %s", self.id))[0][0]
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                Movement(
                    **{
                        "key": f"hold:{self.key}",
                        "kind": "redeem",
                        "account_id": self.account_id.id,
                        "amount": Decimal(amount),
                        "incoming": False,
                        "counter": "redeem",
                        "occurred_at": self.placed_at,
                        **values,
                    }
                )
            ]
        )
        self.sudo().entry_id = entry
        return entry

    def _club_release(self):
        """Give back what was held and not spent."""
        self._club_resolve("released")

    def _club_resolve(self, state):
        Entry = self.env["loyalty.club.entry"].sudo()
        self.env.flush_all()
        Entry._club_lock(sorted(self.account_id.ids))
        self.invalidate_recordset(["state"])
        if any(hold.state != "held" for hold in self):
            raise UserError(self.env._("This amount was spent or released before."))
        self.sudo().state = state
        self.flush_recordset()
        self.account_id.invalidate_recordset(["held", "available"], flush=False)

    @api.model
    def _cron_release(self):
        """Release the holds whose time is over: the till died, the customer walked away."""
        domain = [("state", "=", "held"), ("expires_at", "<=", fields.Datetime.now())]
        while due := self.search(domain, order="expires_at, id", limit=RELEASED_AT_ONCE):
            # one that is captured at this moment is locked by its till and left for the next run
            free = due.try_lock_for_update()
            if not free:
                break
            free._club_release()
            if not self.env["ir.cron"]._commit_progress(len(free), remaining=self.search_count(domain)):
                break
