"""Adoption: a club takes over a core program with all its cards and balances, after a preview."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lots import end_of_day
from ..rules.movement import Movement, NewLot
from ..tools.amount import to_amount

#: Cards taken over by one call of the door.
BATCH = 10_000


class LoyaltyClubAdoption(models.TransientModel):
    _name = "loyalty.club.adoption"
    _description = "Take over a loyalty program"

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        required=True,
        domain="[('club_id', '=', False), ('program_type', 'in', ('loyalty', 'ewallet', 'gift_card'))]",
    )
    card_count = fields.Integer(compute="_compute_preview", string="Cards")
    member_count = fields.Integer(compute="_compute_preview", string="New members")
    point_total = fields.Float(compute="_compute_preview", string="Balances in all")
    negative_count = fields.Integer(
        compute="_compute_preview", string="Cards below zero", help="Their debt is kept, and shown as an exception."
    )
    double_count = fields.Integer(
        compute="_compute_preview", string="Second cards of one person", help="Their balance moves to the first card."
    )
    bearer_count = fields.Integer(compute="_compute_preview", string="Cards of nobody")

    code_note = fields.Char(compute="_compute_code_note", string="Codes")

    @api.depends("program_id")
    def _compute_code_note(self):
        for wizard in self:
            wizard.code_note = wizard.program_id.program_type == "gift_card" and self.env._(
                "The codes that customers hold keep working. Nobody can read them any more: Odoo's cards get serial "
                "numbers instead, and the old codes are kept as hashes."
            )

    @api.depends("program_id")
    def _compute_preview(self):
        for wizard in self:
            row = wizard._club_preview() if wizard.program_id else (0,) * 6
            (
                wizard.card_count,
                wizard.member_count,
                wizard.point_total,
                wizard.negative_count,
                wizard.double_count,
                wizard.bearer_count,
            ) = row

    def _club_preview(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """SELECT count(*), count(DISTINCT c.partner_id) FILTER (WHERE m.id IS NULL),
                          COALESCE(sum(c.points), 0),
                      count(*) FILTER (WHERE c.points < 0), count(c.partner_id) - count(DISTINCT c.partner_id),
                      count(*) FILTER (WHERE c.partner_id IS NULL)
                 FROM loyalty_card c
            LEFT JOIN loyalty_club_member m ON m.partner_id = c.partner_id AND m.club_id = %s
                WHERE c.program_id = %s""",
                self.club_id.id,
                self.program_id.id,
            )
        )[0]

    def action_adopt(self):
        """Take the program over and show the club."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise UserError(self.env._("Only a club manager can take over a program."))
        field = f"{self.program_id.club_kind}_program_id"
        club = self.club_id
        if club[field] and club[field] != self.program_id and club[field].club_account_ids:
            raise UserError(
                self.env._(
                    "The club keeps balances in %s already. Make another club for this program.", club[field].name
                )
            )
        club[field] = self.program_id
        return {"type": "ir.actions.act_window", "res_model": "loyalty.club", "res_id": club.id, "view_mode": "form"}

    def _club_adopt(self):
        """Make the program a managed one: members, accounts, opening entries, one account per member."""
        self.ensure_one()
        program, club = self.program_id.sudo(), self.club_id
        if program.club_id:
            raise UserError(self.env._("The program %s belongs to another club.", program.name))
        program.club_id = club
        cards = (
            self.env["loyalty.card"]
            .sudo()
            .with_context(active_test=False)
            .search([("program_id", "=", program.id)], order="id")
        )
        if program.program_type == "loyalty":
            self._club_adopt_members(cards)
        for start in range(0, len(cards), BATCH):
            self._club_open(cards[start : start + BATCH])
            if program.club_kind in ("gift", "prepaid"):
                self.env["loyalty.club.gift"].sudo()._club_adopt(club, program, cards[start : start + BATCH])
        self._club_join_doubles(program)

    def _club_adopt_members(self, cards):
        """Members for the partners of the cards; a second person with one mobile stays without and is reported."""
        club = self.club_id
        partners = cards.partner_id - club.sudo().member_ids.partner_id
        Member = self.env["loyalty.club.member"].sudo()
        taken = set(
            Member.search([("club_id", "=", club.id), ("mobile", "!=", False), ("state", "!=", "left")]).mapped(
                "mobile"
            )
        )
        values = []
        for partner in partners:
            number = Member.new({"club_id": club.id, "partner_id": partner.id}).mobile
            if number and number in taken:
                self.env["loyalty.club.exception"]._club_report(
                    "same_mobile",
                    club,
                    self.env._(
                        "%(name)s has the mobile %(mobile)s of another member; merge the two contacts.",
                        name=partner.display_name,
                        mobile=number,
                    ),
                    origin_model="res.partner",
                    origin_id=partner.id,
                )
                continue
            taken.add(number)
            values.append({"club_id": club.id, "partner_id": partner.id, "joined_channel": "adoption"})
        Member.create(values)

    def _club_open(self, cards):
        """Accounts and opening entries. What core kept below zero becomes a debt."""
        digits = self.program_id._club_decimals()
        balances = dict(
            self.env.execute_query(SQL("SELECT id, points FROM loyalty_card WHERE id IN %s", tuple(cards.ids)))
        )
        # the card starts from zero and gets its points back from the ledger, so that both are one number from now on
        self.env.cr.execute(SQL("UPDATE loyalty_card SET points = 0 WHERE id IN %s AND points <> 0", tuple(cards.ids)))
        accounts = self.env["loyalty.club.account"].sudo()._club_for_cards(cards)
        movements = []
        for card in cards:
            balance = to_amount(balances[card.id] or 0.0, max(digits, 2))
            if balance:
                movements.append(
                    Movement(
                        key=f"opening:loyalty.card:{card.id}",
                        kind="opening",
                        account_id=accounts[card.id],
                        amount=abs(balance),
                        incoming=balance > 0,
                        counter="opening",
                        new_lots=self._club_opening_lots(card, balance),
                        allow_debt=True,
                        origin=("loyalty.card", card.id),
                    )
                )
        entries = self.env["loyalty.club.entry"]._club_post(movements)
        cards.invalidate_recordset(["points"], flush=False)
        for entry, movement in zip(entries, movements, strict=True):
            if not movement.incoming:
                self.env["loyalty.club.exception"]._club_report(
                    "negative",
                    self.club_id,
                    self.env._("The card was taken over with a balance below zero."),
                    entry_id=entry.id,
                    account_id=movement.account_id,
                    member_id=entry.account_id.member_id.id,
                    amount=float(movement.amount),
                )

    def _club_opening_lots(self, card, balance):
        """The life that core gave a gift card goes on; other balances have none or get it by the program's policy."""
        if balance <= 0 or not card.expiration_date or self.program_id.club_kind not in ("gift", "prepaid"):
            return ()
        end = end_of_day(card.expiration_date, self.club_id._club_zone())
        return (NewLot(abs(balance), expires_at=end),)

    def _club_join_doubles(self, program):
        """Move the balances of a member's second cards to the first one, and archive the second cards."""
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id, first.id FROM loyalty_club_account a
                 JOIN loyalty_card c ON c.id = a.card_id
                 JOIN loyalty_club_member m ON m.partner_id = c.partner_id AND m.club_id = a.club_id
                                           AND m.merged_into_id IS NULL
                 JOIN loyalty_club_account first ON first.member_id = m.id AND first.program_id = a.program_id
                WHERE a.program_id = %s AND a.member_id IS NULL""",
                program.id,
            )
        )
        Account = self.env["loyalty.club.account"].sudo()
        for double_id, first_id in rows:
            double = Account.browse(double_id)
            double._club_move_all(
                Account.browse(first_id), key=f"adoption:{double_id}", reason=self.env._("Second card of the member")
            )
            double.card_id.active = False
