"""The one door: every movement of value is locked, checked and written here, for one or for a hundred thousand."""

import hashlib
from collections import defaultdict
from decimal import Decimal

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lots import Lot, Shortage, plan_incoming, plan_outgoing
from ..rules.movement import VALUE_KINDS, digest, problem_of


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _club_post(self, movements):
        """Post movements, each one an entry of its own; all or none.

        :param movements: list of ``rules.movement.Movement``
        :return: entries in the order of ``movements``; for a key that was posted before with the same inputs, the first entry
        :raises UserError: a key comes again with other inputs; an amount is not there; a movement makes no sense
        """
        movements = list(movements)
        self._club_refuse_nonsense(movements)
        if not movements:
            return self.browse()
        self = self.sudo()  # the ledger has no writers but this door; callers are checked before they come here
        self.env.flush_all()
        accounts = self._club_lock(sorted({movement.account_id for movement in movements}))
        ids = self._club_known(movements)
        fresh = [movement for movement in movements if movement.key not in ids]
        if fresh:
            ids.update(self._club_write(fresh, accounts))
        return self.browse([ids[movement.key] for movement in movements])

    def _club_refuse_nonsense(self, movements):
        problems = {
            "no_key": self.env._("A movement needs a key."),
            "not_decimal": self.env._("An amount must be a Decimal."),
            "not_positive": self.env._("An amount must be above zero."),
            "too_fine": self.env._("An amount has at most three decimals."),
            "lots_do_not_sum": self.env._("The lots of a movement must add up to its amount."),
        }
        for movement in movements:
            code = problem_of(movement)
            if code:
                raise UserError(problems[code])
        if len({movement.key for movement in movements}) != len(movements):
            raise UserError(self.env._("Two movements of one call have the same key."))

    def _club_lock(self, account_ids):
        """Lock value accounts in id order and return {id: row}; a concurrent change makes the request start again."""
        self.env.cr.execute(
            SQL(
                """SELECT id, club_id, program_id, kind, balance::text, held::text, debt::text, seq, head FROM loyalty_club_account
                    WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE""",
                account_ids,
            ),
            log_exceptions=False,  # a serialisation failure here is normal: the request is replayed
        )
        accounts = {row["id"]: row for row in self.env.cr.dictfetchall()}
        if len(accounts) != len(account_ids) or any(row["kind"] not in VALUE_KINDS for row in accounts.values()):
            raise UserError(self.env._("A movement needs the account of a member or bearer."))
        for row in accounts.values():
            row.update(
                {name: Decimal(row[name]) for name in ("balance", "held", "debt")}
            )  # Odoo reads numeric as float
        return accounts

    def _club_known(self, movements):
        """{key: entry id} of what was posted before.

        :raises UserError: the same key with other inputs
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT key, digest, id FROM loyalty_club_entry WHERE key = ANY(%s)",
                [movement.key for movement in movements],
            )
        )
        known = {key: (stored, entry_id) for key, stored, entry_id in rows}
        for movement in movements if known else ():
            if movement.key in known and known[movement.key][0] != digest(movement):
                raise UserError(
                    self.env._(
                        "“%(key)s” was booked before with another amount or account. Nothing was changed; look at that entry.",
                        key=movement.key,
                    )
                )
        return {key: entry_id for key, (_digest, entry_id) in known.items()}

    def _club_write(self, movements, accounts):
        """Plan and write movements that are new; {key: entry id}."""
        now = fields.Datetime.now()
        plans = self._club_plan(movements, accounts, now)
        system = self.env["loyalty.club.account"]._club_system_accounts(
            {(accounts[m.account_id]["program_id"], m.counter, m.branch_id) for m in movements}
        )
        entry_ids = self._club_insert_entries(movements, accounts, now)
        lot_ids = self._club_insert_lots(movements, plans, entry_ids)
        rows = []
        for movement, legs in zip(movements, plans):
            account = accounts[movement.account_id]
            counter_id = system[account["program_id"], movement.counter, movement.branch_id]
            entry_id = entry_ids[movement.key]
            rank = 0
            for leg in legs:
                lot_id = leg.lot_id
                if leg.new_lot:
                    lot_id = lot_ids[entry_id, rank]
                    rank += 1
                rows.append(self._club_posting_row(movement, leg, lot_id, account, counter_id, entry_id, now))
        self.env.cr.execute_values(
            """INSERT INTO loyalty_club_posting (entry_id, from_account_id, to_account_id, account_id, amount, lot_id,
                      opens_lot, seq, balance_after, hash) VALUES %s""",
            rows,
            page_size=len(rows),
        )
        self._club_forget(accounts)
        return entry_ids

    def _club_plan(self, movements, accounts, now):
        """The legs of each movement; movements of one account see what the earlier ones of the call did."""
        lots = self._club_open_lots(movements)
        plans = []
        state = {account_id: [row["debt"], row["held"]] for account_id, row in accounts.items()}
        for movement in movements:
            open_lots = lots.get(movement.account_id, {})
            debt, held = state[movement.account_id]
            if movement.incoming:
                back_to = [(open_lots[lot_id], part) for lot_id, part in movement.lots if lot_id in open_lots]
                legs = plan_incoming(
                    movement.amount, debt, back_to=back_to, new_lots=movement.new_lots, branch_id=movement.branch_id
                )
            else:
                legs = plan_outgoing(
                    movement.amount,
                    list(open_lots.values()),
                    movement.occurred_at or now,
                    held=held,
                    first=movement.lots,
                    exact=movement.exact,
                    allow_debt=movement.allow_debt,
                )
                if isinstance(legs, Shortage):
                    raise UserError(self._club_shortage_message(movement, legs))
            sign = 1 if movement.incoming else -1
            for leg in legs:
                if leg.lot_id:
                    lot = open_lots[leg.lot_id]
                    open_lots[leg.lot_id] = Lot(
                        lot.id, lot.amount, lot.remaining + sign * leg.amount, lot.usable_from, lot.expires_at
                    )
                elif not leg.new_lot:
                    state[movement.account_id][0] -= sign * leg.amount
            plans.append(legs)
        return plans

    def _club_open_lots(self, movements):
        """{account id: {lot id: Lot}} for movements that draw on lots or give back to them."""
        drawing = {movement.account_id for movement in movements if not movement.incoming}
        named = {lot_id for movement in movements for lot_id, _part in movement.lots}
        if not drawing and not named:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, id, amount::text, remaining::text, usable_from, expires_at FROM loyalty_club_lot
                    WHERE (account_id = ANY(%s) AND remaining > 0)
                    UNION SELECT account_id, id, amount::text, remaining::text, usable_from, expires_at FROM loyalty_club_lot
                    WHERE id = ANY(%s)""",
                list(drawing),
                list(named),
            )
        )
        lots = defaultdict(dict)
        for account_id, lot_id, amount, remaining, usable_from, expires_at in rows:
            lots[account_id][lot_id] = Lot(lot_id, Decimal(amount), Decimal(remaining), usable_from, expires_at)
        return lots

    def _club_shortage_message(self, movement, shortage):
        account = self.env["loyalty.club.account"].browse(movement.account_id)
        return self.env._(
            "%(who)s has %(available)s to spend; %(needed)s are needed. Lower the amount or take the reward off the order.",
            who=account.member_id.display_name or account.card_id.code,
            available=account._club_format(shortage.available),
            needed=account._club_format(shortage.needed),
        )

    def _club_insert_entries(self, movements, accounts, now):
        rows = [
            (
                movement.kind,
                movement.key,
                digest(movement),
                accounts[movement.account_id]["club_id"],
                movement.branch_id,
                movement.branch_id,
                movement.occurred_at or now,
                now,
                self.env.uid,
                movement.origin[0] if movement.origin else None,
                movement.origin[1] if movement.origin else None,
                movement.reason or None,
                movement.reversal_of,
                Json(movement.details) if movement.details else None,
            )
            for movement in movements
        ]
        inserted = self.env.cr.execute_values(
            """INSERT INTO loyalty_club_entry (kind, key, digest, club_id, branch_id, company_id, occurred_at, posted_at, user_id,
                      origin_model, origin_id, reason, reversal_of_id, details) VALUES %s RETURNING key, id""",
            rows,
            template="(%s, %s, %s, %s, %s, (SELECT company_id FROM loyalty_club_branch WHERE id = %s), "
            "%s, %s, %s, %s, %s, %s, %s, %s)",
            page_size=len(rows),
            fetch=True,
        )
        return dict(inserted)

    def _club_insert_lots(self, movements, plans, entry_ids):
        """Insert the new lots; {(entry id, rank): lot id}."""
        rows = []
        for movement, legs in zip(movements, plans):
            for rank, leg in enumerate(leg for leg in legs if leg.new_lot):
                lot = leg.new_lot
                rows.append(
                    (
                        movement.account_id,
                        entry_ids[movement.key],
                        rank,
                        lot.branch_id,
                        leg.amount,
                        leg.amount,
                        lot.usable_from,
                        lot.expires_at,
                        lot.origin_lot_id,
                    )
                )
        if not rows:
            return {}
        inserted = self.env.cr.execute_values(
            """INSERT INTO loyalty_club_lot (account_id, entry_id, rank, branch_id, amount, remaining, usable_from, expires_at,
                      origin_lot_id) VALUES %s RETURNING entry_id, rank, id""",
            rows,
            page_size=len(rows),
            fetch=True,
        )
        return {(entry_id, rank): lot_id for entry_id, rank, lot_id in inserted}

    def _club_posting_row(self, movement, leg, lot_id, account, counter_id, entry_id, now):
        """One posting's values; moves the account's chain on."""
        ends = (counter_id, movement.account_id) if movement.incoming else (movement.account_id, counter_id)
        account["seq"] += 1
        account["balance"] += leg.amount if movement.incoming else -leg.amount
        account["head"] = chain_hash(
            account["head"],
            movement.account_id,
            account["seq"],
            *ends,
            leg.amount,
            lot_id,
            account["balance"],
            movement.key,
            movement.kind,
            movement.occurred_at or now,
            movement.branch_id,
            movement.reversal_of,
            movement.reason,
        )
        return (
            entry_id,
            *ends,
            movement.account_id,
            leg.amount,
            lot_id,
            bool(leg.new_lot),
            account["seq"],
            account["balance"],
            account["head"],
        )

    def _club_forget(self, accounts):
        """Drop cached values that the triggers changed."""
        Account = self.env["loyalty.club.account"]
        touched = Account.browse(accounts)
        touched.invalidate_recordset(
            ["balance", "held", "debt", "seq", "head", "available", "balance_display", "lot_ids", "posting_ids"],
            flush=False,
        )
        self.env["loyalty.club.lot"].invalidate_model(["remaining", "usable"], flush=False)
        self.env["loyalty.card"].invalidate_model(["points", "points_display"], flush=False)


def chain_hash(
    previous, account_id, seq, from_id, to_id, amount, lot_id, balance, key, kind, at, branch_id, reversal_id, reason
):
    """Hex SHA-256 that ties a posting to the one before it; ``sql/check.sql`` computes the same in PostgreSQL."""
    parts = (
        previous,
        account_id,
        seq,
        from_id,
        to_id,
        f"{amount:.3f}",
        lot_id or "",
        f"{balance:.3f}",
        key,
        kind,
        fields.Datetime.to_string(at),
        branch_id or "",
        reversal_id or "",
        reason or "",
    )
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
