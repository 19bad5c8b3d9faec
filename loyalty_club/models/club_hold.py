"""Holds: amounts set aside until they are captured (spent) or released. A hold resolves once."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.movement import Movement

RELEASED_AT_ONCE = 500

#: Sets the amount aside if that much may be spent and no hold of this key is there; tells what it saw.
PLACE = """
    WITH account AS (SELECT id, held FROM loyalty_club_account
                      WHERE id = %(account)s FOR NO KEY UPDATE),
    room AS (
        SELECT id, (SELECT COALESCE(SUM(remaining), 0) FROM loyalty_club_lot
                     WHERE account_id = account.id AND remaining > 0
                       AND (usable_from IS NULL OR usable_from <= %(now)s)
                       AND (expires_at IS NULL OR expires_at > %(now)s)) - held AS available
          FROM account),
    known AS (SELECT id, account_id, amount FROM loyalty_club_hold WHERE key = %(key)s AND state <> 'released'),
    placed AS (
        INSERT INTO loyalty_club_hold (account_id, amount, key, state, placed_at, expires_at)
        SELECT id, %(amount)s, %(key)s, 'held', %(now)s, %(until)s
          FROM room WHERE available >= %(amount)s AND NOT EXISTS (SELECT FROM known)
        RETURNING id)
    SELECT room.available::text, placed.id, known.id, known.account_id, known.amount::text
      FROM room LEFT JOIN placed ON TRUE LEFT JOIN known ON TRUE"""

#: A hold as it is before the lock: all but its state stays so.
HELD = "SELECT state, account_id, amount::text, key, placed_at FROM loyalty_club_hold WHERE id = %s"


class LoyaltyClubHold(models.Model):
    _name = "loyalty.club.hold"
    _inherit = ["loyalty.club.guarded.mixin"]
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
        comodel_name="loyalty.club.entry", compute="_compute_entry_id", help="The spending that captured it."
    )

    _key_unique = models.UniqueIndex("(key) WHERE state <> 'released'", "This amount was set aside before.")
    _amount_positive = models.Constraint(
        "CHECK (amount > 0 AND amount = round(amount, 3))", "A hold must be above zero."
    )
    _due = models.Index("(expires_at) WHERE state = 'held'")

    def _compute_entry_id(self):
        entries = self.env["loyalty.club.entry"].search([("key", "in", [f"hold:{hold.key}" for hold in self])])
        by_key = {entry.key: entry for entry in entries}
        for hold in self:
            hold.entry_id = by_key.get(f"hold:{hold.key}") if hold.state == "captured" else False

    @api.model
    def _club_hold(self, account, amount, key, expires_at):
        """Set ``amount`` (Decimal) of ``account`` aside until ``expires_at`` (UTC).

        :return: the hold; for a key that came before and was not released since, the first hold
        :raises UserError: not that much is available; the key came with another amount
        """
        self._club_flush()
        now = fields.Datetime.now()
        values = {"account": account.id, "amount": amount, "key": key, "now": now, "until": expires_at}
        rows = account._club_in_turn(SQL(PLACE, **values), SQL("SELECT %s", account.id))
        available, placed_id, known_id, known_account, known_amount = rows[0]
        if known_id:
            if known_account != account.id or Decimal(known_amount) != amount:
                raise UserError(self.env._("“%s” was set aside before with another amount.", key))
            return self.browse(known_id)
        if not placed_id:
            raise UserError(
                self.env._(
                    "%(who)s has %(available)s to spend; %(needed)s are needed.",
                    who=account.member_id.display_name or account.card_id.code,
                    available=account._club_format(max(Decimal(available), Decimal(0))),
                    needed=account._club_format(amount),
                )
            )
        account.invalidate_recordset(["held", "available"], flush=False)
        return self.browse(placed_id)

    def _club_flush(self):
        """Write what the SQL here reads and nothing else."""
        for model in ("loyalty.club.account", "loyalty.club.lot", "loyalty.club.hold"):
            self.env[model].flush_model()

    def _club_capture(self, **values):
        """Spend what was held, at the instant at which it was set aside: what dies in between was alive then.

        :param values: complete the movement (branch_id, origin, reason, documented, details)
        :return: the entry; for a hold that was captured before, its entry
        :raises UserError: it was released before
        """
        self.ensure_one()
        self._club_flush()
        state, account_id, amount, key, placed_at = self.env.execute_query(SQL(HELD, self.id))[0]
        if state == "captured":
            return self.entry_id
        movement = Movement(
            key=f"hold:{key}",
            kind="redeem",
            account_id=account_id,
            amount=Decimal(amount),
            incoming=False,
            counter="redeem",
            occurred_at=placed_at,
            captures=self.id,
            **values,
        )
        entry = self.env["loyalty.club.entry"]._club_post([movement])
        self.invalidate_recordset(["state"], flush=False)
        return entry

    def _club_release(self):
        """Give back what was held and not spent; a hold that was released before stays so.

        :raises UserError: it was spent
        """
        self._club_flush()
        self.env.cr.execute(
            SQL(
                """WITH account AS (
                       SELECT id FROM loyalty_club_account
                        WHERE id IN (SELECT account_id FROM loyalty_club_hold WHERE id = ANY(%(ids)s))
                     ORDER BY id FOR NO KEY UPDATE)
                   UPDATE loyalty_club_hold SET state = 'released'
                    WHERE id = ANY(%(ids)s) AND state = 'held' AND account_id IN (SELECT id FROM account)
                RETURNING account_id""",
                ids=self.ids,
            ),
            log_exceptions=False,  # a serialisation failure here is normal: the request is replayed
        )
        accounts = self.env["loyalty.club.account"].browse({row[0] for row in self.env.cr.fetchall()})
        accounts.invalidate_recordset(["held", "available"], flush=False)
        self.invalidate_recordset(["state"], flush=False)
        if any(hold.state != "released" for hold in self):
            raise UserError(self.env._("This amount was spent already. Refund it instead."))

    @api.model
    def _cron_release(self):
        """Release the holds whose time is over: the till died, the customer walked away."""
        domain = [("state", "=", "held"), ("expires_at", "<=", fields.Datetime.now())]
        while due := self.search(domain, order="expires_at, id", limit=RELEASED_AT_ONCE):
            # whose account is used at this moment may be captured, and is left for the next run
            idle = due.account_id.try_lock_for_update()
            free = due.filtered_domain([("account_id", "in", idle.ids)])
            if not free:
                break
            free._club_release()
            if not self.env["ir.cron"]._commit_progress(len(free), remaining=self.search_count(domain)):
                break
