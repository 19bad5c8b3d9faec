"""Taking over Odoo's own gift cards: what customers hold keeps working, and nobody can read the codes any more."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.gift_code import clean


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    @api.model
    def _club_adopt(self, club, program, cards):
        """Cards of the club for core's ``cards``, whose balances are in the ledger already.

        Their codes are short, so they are marked; core's own codes become serial numbers.
        """
        if not cards:
            return self.browse()
        accounts = self.env["loyalty.club.account"]._club_for_cards(cards)
        by_code, twice = {}, self.env["loyalty.card"]
        for card in cards:
            if by_code.setdefault(clean(card.code), card) != card:
                twice += card
        rows = [self._club_adopted_row(club, program, card, accounts[card.id]) for card in by_code.values()]
        made = self._club_insert(rows)
        twice += self.env["loyalty.card"].union(*(card for code, card in by_code.items() if code not in made))
        for card in twice:
            self._club_report_twin(club, card, accounts[card.id])
        gifts = self.browse(made.values())
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_card c SET code = g.serial FROM loyalty_club_gift g
                     JOIN loyalty_club_account a ON a.id = g.account_id
                    WHERE c.id = a.card_id AND g.id = ANY(%s)""",
                gifts.ids,
            )
        )
        # a code that two cards shared opens neither of them for sure, so core must not keep it in clear text either
        self.env.cr.execute(
            SQL("UPDATE loyalty_card SET code = 'X' || md5(random()::text || id) WHERE id = ANY(%s)", twice.ids)
        )
        cards.invalidate_recordset(["code", "display_name"], flush=False)
        return gifts

    def _club_adopted_row(self, club, program, card, account_id):
        return {
            "code": card.code,
            "legacy": True,
            "kind": program.club_kind,
            "club_id": club.id,
            "program_id": program.id,
            "value": card.points if card.points > 0 else 0,
            "state": "active" if card.active else "disabled",
            "expires_on": card.expiration_date or None,
            "account_id": account_id,
            "partner_id": card.partner_id.id or None,
            "sold_at": fields.Datetime.to_string(card.create_date),
        }

    def _club_report_twin(self, club, card, account_id):
        self.env["loyalty.club.exception"]._club_report(
            "mismatch",
            club,
            self.env._(
                "Two gift cards differ only in letters that look alike. Give the bearer of this one a new card."
            ),
            origin_model="loyalty.card",
            origin_id=card.id,
            account_id=account_id,
            amount=card.points,
        )
