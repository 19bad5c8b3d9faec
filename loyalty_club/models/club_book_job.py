"""The club's own journal: what no document writes into the accounts is written there once a day, and exactly once."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..rules.books import OTHER, ROLES, first_open_day
from .club_book import ACCOUNT_OF_ROLE

SIGNED = SQL("CASE WHEN posting.to_account_id = posting.account_id THEN posting.amount ELSE -posting.amount END")


class LoyaltyClubBooked(models.Model):
    _name = "loyalty.club.booked"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Entry Written into the Accounts"
    _log_access = False
    _order = "day desc, id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(comodel_name="loyalty.club.entry", required=True, readonly=True, ondelete="restrict")
    move_id = fields.Many2one(
        comodel_name="account.move", required=True, readonly=True, index=True, ondelete="restrict"
    )
    book_id = fields.Many2one(
        comodel_name="loyalty.club.book", required=True, readonly=True, index=True, ondelete="restrict"
    )
    day = fields.Date(required=True, readonly=True)
    role = fields.Char(required=True, readonly=True)
    amount = fields.Float(digits=(16, 3), required=True, readonly=True, help="What the liability won (+) or lost (-).")

    reason = fields.Char(related="entry_id.reason")
    member_id = fields.Many2one(related="entry_id.member_id")
    branch_id = fields.Many2one(related="entry_id.branch_id")

    _entry_unique = models.Constraint("UNIQUE (entry_id)", "This entry is in the accounts already.")


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    waiting_count = fields.Integer(compute="_compute_waiting_count", help="Days whose entries are not written yet.")

    def _compute_waiting_count(self):
        for book in self:
            book.waiting_count = len(book.sudo()._club_waiting_days()) if book.ready else 0

    @api.model
    def _cron_post(self):
        """Write all days that are over, one after the other; what was done stays done when it is interrupted."""
        for book in self.search([("ready", "=", True)]):
            days = [day for day in book._club_waiting_days() if day < book._club_today()]
            for number, day in enumerate(days, start=1):
                book._club_post_day(day)
                if not self.env["ir.cron"]._commit_progress(1, remaining=len(days) - number):
                    return

    def action_club_post(self):
        """Write everything up to now, also of the day that is not over."""
        if not self.env.user.has_group("loyalty_club.group_club_accountant"):
            raise AccessError(self.env._("Only the club's accountants write its entries into the accounts."))
        self.check_access("read")
        for book in self.filtered("ready"):
            for day in book._club_waiting_days():
                book._club_post_day(day)

    def _club_waiting_days(self):
        """Days (in the company's time zone) with entries that are not written yet, first one first."""
        self.ensure_one()
        query = SQL("SELECT DISTINCT day FROM (%s) waiting ORDER BY day", self._club_waiting())
        return [day for (day,) in self.env.execute_query(query)]

    def _club_waiting(self):
        """The entries of this book that no document writes and that are not written yet, as a query:
        entry, day, role, amount (signed: what the liability wins)."""
        self.ensure_one()
        roles = SQL(" ").join(SQL("WHEN %s THEN %s", kind, role) for kind, role in ROLES.items())
        return SQL(
            """SELECT entry.id AS entry_id, %(day)s AS day,
                      CASE WHEN entry.id <= %(first)s THEN 'opening' ELSE
                      CASE COALESCE(second.kind, first.kind, entry.kind) %(roles)s ELSE %(other)s END END AS role,
                      SUM(%(signed)s) AS amount
                 FROM loyalty_club_account account
                 JOIN loyalty_club_posting posting ON posting.account_id = account.id
                 JOIN loyalty_club_entry entry ON entry.id = posting.entry_id
            LEFT JOIN loyalty_club_entry first ON first.id = entry.reversal_of_id
            LEFT JOIN loyalty_club_entry second ON second.id = first.reversal_of_id
                WHERE account.club_id = %(club)s AND account.kind = %(kind)s AND %(company)s
                  AND (entry.documented IS NOT TRUE OR entry.id <= %(first)s)
                  AND NOT EXISTS (SELECT FROM loyalty_club_booked booked WHERE booked.entry_id = entry.id)
             GROUP BY entry.id, first.kind, second.kind""",
            day=self._club_day_sql(),
            first=self.first_entry,
            roles=roles,
            other=OTHER,
            signed=SIGNED,
            club=self.club_id.id,
            kind=self.kind,
            company=self._club_company_sql(),
        )

    def _club_company_sql(self):
        """An entry without a branch belongs to the club's lead company."""
        return SQL("COALESCE(entry.company_id, %s) = %s", self.club_id.sudo().company_id.id, self.company_id.id)

    def _club_day_sql(self):
        return SQL(
            """GREATEST(CASE WHEN entry.id <= %s THEN %s::date END,
                        (entry.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date)""",
            self.first_entry,
            self.opened_on or None,
            self._club_zone(),
        )

    def _club_post_day(self, day):
        """Write what waits of ``day`` as one balanced entry; returns it, empty when nothing waits.

        Two jobs at once: the second one waits here, sees what the first one wrote and starts again.
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE loyalty_club_book SET id = id WHERE id = %s", self.id),
            log_exceptions=False,  # a serialisation failure here is normal: the job is replayed
        )
        waiting = SQL("(SELECT * FROM (%s) every WHERE day = %s)", self._club_waiting(), day)
        rows = self.env.execute_query(
            SQL(
                """SELECT role, role <> 'transfer' AND amount > 0, SUM(amount)::text FROM %s one
                GROUP BY 1, 2 ORDER BY 1, 2 DESC""",
                waiting,
            )
        )
        if not rows:
            return self.env["account.move"]
        move = self._club_make_move(day, [(role, Decimal(amount)) for role, _in, amount in rows])
        self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_club_booked (entry_id, move_id, book_id, day, role, amount)
                   SELECT entry_id, %s, %s, day, role, amount FROM %s one RETURNING id""",
                move.id,
                self.id,
                waiting,
            )
        )
        self.invalidate_recordset(["waiting_count", "move_count"], flush=False)
        return move

    def _club_make_move(self, day, sums):
        """A posted move of (role, signed Decimal) sums, on ``day`` or the first day after it that is not locked."""
        # written for the ledger, whoever started it; the accounts are those that an accountant chose
        company = self.company_id.sudo()
        locks = company._get_lock_date_violations(day, sale=False, purchase=False, tax=False)
        on = first_open_day(day, [lock for lock, _field in locks])
        labels = self._club_labels()
        lines = []
        # transfers between members come to nothing; a day of nothing else is one pair of lines of nothing
        for role, amount in [(role, amount) for role, amount in sums if amount] or sums[:1]:
            label = labels.get((role, amount > 0), labels["adjust", amount > 0])
            value = float(amount)
            balance = self.currency_id._convert(value, company.currency_id, company, on)
            for account, sign in ((self[ACCOUNT_OF_ROLE[role]], 1), (self.liability_account_id, -1)):
                lines.append(
                    {
                        "name": label,
                        "account_id": account.id,
                        "currency_id": self.currency_id.id,
                        "amount_currency": sign * value,
                        "balance": sign * balance,
                    }
                )
        move = (
            self.env["account.move"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "journal_id": self.journal_id.id,
                    "date": on,
                    "ref": self.env._("%(book)s, %(day)s", book=self.display_name, day=format_date(self.env, day)),
                    "club_book_id": self.id,
                    "line_ids": [fields.Command.create(line) for line in lines],
                }
            )
        )
        move._post(soft=False)
        return move.with_env(self.env)

    def _club_labels(self):
        """What the lines say, by role and whether the liability grows."""
        return {
            ("granted", True): self.env._("Granted"),
            ("granted", False): self.env._("Granted before and taken back"),
            ("breakage", False): self.env._("Expired"),
            ("breakage", True): self.env._("Expired before and given back"),
            ("adjust", True): self.env._("Adjusted upwards"),
            ("adjust", False): self.env._("Adjusted downwards"),
            ("fee", False): self.env._("Fees"),
            ("fee", True): self.env._("Fees given back"),
            ("transfer", True): self.env._("Transferred from another company"),
            ("transfer", False): self.env._("Transferred to another company"),
            ("opening", True): self.env._("Opening"),
            ("opening", False): self.env._("Opening, taken back"),
        }


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "loyalty.club.guarded.mixin"]

    club_book_id = fields.Many2one(
        comodel_name="loyalty.club.book",
        string="Written for the club",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _club_refuse_written(self):
        if self.filtered("club_book_id"):
            raise UserError(
                self.env._(
                    "The club wrote this entry from its ledger, and the two would no longer agree. Correct the balance "
                    "in the club, by an adjustment or a reversal; the club then writes the difference."
                )
            )

    def button_draft(self):
        self._club_refuse_written()
        return super().button_draft()

    def unlink(self):
        self._club_refuse_written()
        return super().unlink()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._club_refuse_written()
        return super()._reverse_moves(default_values_list, cancel=cancel)

    def action_club_booked(self):
        """Open the entries of the ledger that are in this one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Club entries in %s", self.name),
            "res_model": "loyalty.club.booked",
            "view_mode": "list",
            "domain": [("move_id", "=", self.id)],
        }
