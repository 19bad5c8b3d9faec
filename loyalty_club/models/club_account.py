"""Accounts: the narrow rows that the ledger locks, and the sources and sinks beside them."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount


class LoyaltyClubAccount(models.Model):
    _name = "loyalty.club.account"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Club Account"
    _log_access = False
    _order = "id"

    kind = fields.Selection(
        selection=[
            ("points", "Points"),
            ("credit", "Credit"),
            ("gift", "Gift card"),
            ("prepaid", "Prepaid card"),
            ("issue", "Issued by branch"),
            ("redeem", "Redeemed at branch"),
            ("expired", "Expired"),
            ("opening", "Opening"),
            ("adjust", "Adjustments"),
            ("transfer", "Transfers"),
            ("fee", "Fees"),
            ("core", "Changed by Odoo"),
        ],
        required=True,
        help="The first four hold a balance of a member or bearer; the others are where amounts come from and go to.",
    )
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, index=True, ondelete="restrict")
    program_id = fields.Many2one(comodel_name="loyalty.program", required=True, index=True, ondelete="restrict")
    member_id = fields.Many2one(comodel_name="loyalty.club.member", index="btree_not_null", ondelete="restrict")
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Odoo loyalty card",
        ondelete="restrict",
        help="Odoo's own card; its points always equal this account's balance.",
    )
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", index="btree_not_null", ondelete="restrict")
    balance = fields.Float(digits=(16, 3), readonly=True, default=0.0, required=True)
    held = fields.Float(
        digits=(16, 3), readonly=True, default=0.0, required=True, help="Set aside until paid or released."
    )
    debt = fields.Float(
        digits=(16, 3),
        readonly=True,
        default=0.0,
        required=True,
        help="Spent without network and not covered by the balance, or taken back when it was spent already; "
        "the next amounts earned pay it first.",
    )
    available = fields.Float(digits=(16, 3), compute="_compute_available", help="What can be spent now.")
    seq = fields.Integer(string="Postings", readonly=True, default=0, required=True)
    head = fields.Char(string="Head of the chain", readonly=True, default="", required=True)
    lot_ids = fields.One2many(comodel_name="loyalty.club.lot", inverse_name="account_id", readonly=True)
    posting_ids = fields.One2many(comodel_name="loyalty.club.posting", inverse_name="account_id", readonly=True)
    balance_display = fields.Char(compute="_compute_balance_display", string="Balance in words")

    _card_unique = models.UniqueIndex("(card_id) WHERE card_id IS NOT NULL")
    _member_program_unique = models.UniqueIndex("(member_id, program_id) WHERE member_id IS NOT NULL")
    _system_unique = models.UniqueIndex(
        "(program_id, kind, COALESCE(branch_id, 0)) WHERE kind NOT IN ('points', 'credit', 'gift', 'prepaid')"
    )
    _balance_covered = models.Constraint(
        "CHECK (held >= 0 AND debt >= 0 AND balance + debt >= held)",
        "The balance of a club account cannot go below zero.",
    )

    @api.depends("kind", "member_id", "card_id", "branch_id", "program_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for account in self:
            who = account.member_id.display_name or account.card_id.code or account.branch_id.name or ""
            account.display_name = f"{who} · {kinds.get(account.kind, '')}" if who else kinds.get(account.kind, "")

    def _compute_available(self):
        totals = self._club_usable_totals()
        for account in self:
            account.available = totals.get(account.id, 0.0)

    def _compute_balance_display(self):
        for account in self:
            account.balance_display = account._club_format(account.balance)

    def _club_format(self, amount):
        """An amount as people read it: with the currency for credit, with the points' name for points."""
        self.ensure_one()
        program = self.program_id.sudo()  # its name and decimals only; cashiers may not open programs
        if self.kind == "points":
            mark = "\u200e" if amount < 0 else ""  # keeps the sign before the figure in right-to-left text
            return f"{mark}{amount:,.{program.club_digits}f} {program.portal_point_name or ''}".strip()
        return format_amount(self.env, float(amount), program.currency_id)

    def _club_usable_totals(self, at=None):
        """{account id: amount that can be spent at ``at`` (UTC, default now)}; as ``rules.lots.usable_total``."""
        if not self.ids:
            return {}
        self.env["loyalty.club.lot"].flush_model()
        at = at or fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id, GREATEST(0, COALESCE(SUM(l.remaining) FILTER (
                              WHERE (l.usable_from IS NULL OR l.usable_from <= %(at)s)
                                AND (l.expires_at IS NULL OR l.expires_at > %(at)s)), 0) - a.held)
                     FROM loyalty_club_account a
                LEFT JOIN loyalty_club_lot l ON l.account_id = a.id AND l.remaining > 0
                    WHERE a.id IN %(ids)s GROUP BY a.id""",
                at=at,
                ids=tuple(self.ids),
            )
        )
        return {account_id: float(total) for account_id, total in rows}

    def _club_next_expiry(self, at=None):
        """What ends first of this account: (amount, its last instant, UTC), or (0, False) when nothing has an end.

        :param at: instant that counts as now (UTC, default now)
        """
        self.ensure_one()
        self.env["loyalty.club.lot"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT SUM(remaining)::text, expires_at FROM loyalty_club_lot
                    WHERE account_id = %s AND remaining > 0 AND expires_at > %s
                 GROUP BY expires_at ORDER BY expires_at LIMIT 1""",
                self.id,
                at or fields.Datetime.now(),
            )
        )
        return (Decimal(rows[0][0]), rows[0][1]) if rows else (Decimal(0), False)

    @api.model
    def _club_system_accounts(self, wanted):
        """Ids of sources and sinks, made when missing.

        :param wanted: set of (program id, kind, branch id or None)
        :return: {(program id, kind, branch id or None): account id}
        """
        found = self._club_read_system_accounts(wanted)
        missing = sorted(wanted - set(found), key=str)
        if missing:
            programs, kinds, branches = zip(*missing, strict=True)
            self.env.cr.execute(
                SQL(
                    """INSERT INTO loyalty_club_account
                              (kind, club_id, program_id, branch_id, balance, held, debt, seq, head)
                       SELECT v.kind, p.club_id, p.id, v.branch, 0, 0, 0, 0, ''
                         FROM unnest(%s::int[], %s::text[], %s::int[]) AS v(program, kind, branch)
                         JOIN loyalty_program p ON p.id = v.program
                       ON CONFLICT DO NOTHING""",
                    list(programs),
                    list(kinds),
                    list(branches),
                ),
                log_exceptions=False,  # somebody else made it at this moment: the request is replayed
            )
            found = self._club_read_system_accounts(wanted)
        return found

    def _club_read_system_accounts(self, wanted):
        rows = self.env.execute_query(
            SQL(
                """SELECT program_id, kind, branch_id, id FROM loyalty_club_account
                    WHERE program_id IN %s AND kind IN %s AND COALESCE(branch_id, 0) IN %s
                      AND kind NOT IN ('points', 'credit', 'gift', 'prepaid')""",
                tuple({program for program, _kind, _branch in wanted}),
                tuple({kind for _program, kind, _branch in wanted}),
                tuple({branch or 0 for _program, _kind, branch in wanted}),
            )
        )
        return {(program, kind, branch): account_id for program, kind, branch, account_id in rows}

    @api.model
    def _club_for_cards(self, cards):
        """Accounts of managed core cards, made when missing.

        :param cards: ``loyalty.card`` records of managed programs
        :return: {card id: account id}; a second card of the same member and program gets an account without a member
        """
        rows = dict(
            self.env.execute_query(
                SQL("SELECT card_id, id FROM loyalty_club_account WHERE card_id IN %s", tuple(cards.ids))
            )
        )
        missing = cards.filtered(lambda card: card.id not in rows)
        if missing:
            rows.update(self._club_open_accounts(missing))
        return rows

    def _club_open_accounts(self, cards):
        """Make the accounts of ``cards``, which have none; (card id, account id) pairs."""
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO loyalty_club_account
                      (kind, club_id, program_id, member_id, card_id, balance, held, debt, seq, head)
               SELECT p.club_kind, p.club_id, p.id,
                      CASE WHEN first_of_member AND p.club_kind IN ('points', 'credit') THEN member END,
                      card, 0, 0, 0, 0, ''
                 FROM (SELECT c.id AS card, c.program_id, m.id AS member,
                              row_number() OVER (PARTITION BY c.program_id, m.id ORDER BY c.id) = 1
                              AND NOT EXISTS (SELECT FROM loyalty_club_account x
                                               WHERE x.member_id = m.id AND x.program_id = c.program_id)
                              AS first_of_member
                         FROM loyalty_card c
                         JOIN loyalty_program q ON q.id = c.program_id
                    LEFT JOIN loyalty_club_member m ON m.partner_id = c.partner_id AND m.club_id = q.club_id
                                                   AND m.merged_into_id IS NULL
                        WHERE c.id IN %s) cards
                 JOIN loyalty_program p ON p.id = cards.program_id AND p.club_id IS NOT NULL
               ON CONFLICT DO NOTHING RETURNING card_id, id""",
            (tuple(cards.ids),),
            log_exceptions=False,  # two first movements of a member at once: the request is replayed
        )
        made = self.env.cr.fetchall()
        for model, field in (
            ("loyalty.card", "club_account_ids"),
            ("loyalty.club.member", "account_ids"),
            ("loyalty.program", "club_account_ids"),
        ):
            self.env[model].invalidate_model([field], flush=False)
        return made

    @api.model
    def _club_for_member(self, member, program, create=True):
        """The account of ``member`` in ``program`` (empty when it has none and ``create`` is false).

        The core card and the account are made on the first real movement, never before.

        :raises UserError: the program is not managed by the member's club
        """
        if program.club_id != member.club_id:
            raise UserError(
                self.env._(
                    "The program %(program)s does not belong to the club %(club)s.",
                    program=program.name,
                    club=member.club_id.name,
                )
            )
        rows = self.env.execute_query(
            SQL("SELECT id FROM loyalty_club_account WHERE member_id = %s AND program_id = %s", member.id, program.id)
        )
        if rows or not create:
            return self.browse(rows[0][0] if rows else [])
        card = self.env["loyalty.card"].search(
            [("program_id", "=", program.id), ("partner_id", "=", member.partner_id.id)], order="id", limit=1
        )
        if not card:
            card = (
                self.env["loyalty.card"]
                .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
                .create({"program_id": program.id, "partner_id": member.partner_id.id, "points": 0})
            )
        return self.browse(self._club_for_cards(card)[card.id])

    # the first of their chains: other files answer before them, whatever the order in which they are loaded
    def _club_refusal(self, amount, branch, ticket):
        """Why this account can't pay ``amount`` there, as a message for the customer; False when it can."""
        member = self.member_id
        if member and member.state != "active":
            return self.env._("The membership %s is blocked. Choose another payment method.", member.number)
        return False

    def _club_proof_missing(self, amount, key, proof, order=None):
        """Why the customer has to prove himself first, as a message; False when he need not or has."""
        return False

    def action_club_statement(self):
        """Open the statement: every posting with the balance after it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.loyalty_club_posting_action")
        name = self.env._("Statement of %s", self.display_name)
        action.update(
            name=name,
            display_name=name,
            domain=[("account_id", "=", self.id)],
            context={"club_statement": True},
        )
        return action
