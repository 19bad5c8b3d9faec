"""What happens to a card: given out, replaced, lost, blocked, expired. Balances are never touched by any of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..rules.membership import CARD_CHANGES, can_change, refusal
from ..tools.card_number import describe_problem, parse


class LoyaltyClubCard(models.Model):
    _inherit = "loyalty.club.card"

    @api.model
    def _club_find_number(self, club, text):
        """The card with the number as typed or scanned; of any state.

        :raises UserError: no such number, with what is wrong about it
        """
        number = parse(text or "")
        card = self.search([("number", "=", number), ("club_id", "=", club.id)]) if number else self.browse()
        if not card:
            problems = {
                "not_digits": self.env._("“%s” is not a card number: it has other characters than digits.", text),
                "wrong_length": self.env._("“%s” is not a card number: a card has 16 digits.", text),
                "bad_check": self.env._("“%s” is not a card number: a digit is mistyped.", text),
            }
            raise UserError(
                problems.get(describe_problem(text or ""))
                or self.env._("The club %(club)s has no card %(number)s.", club=club.name, number=text)
            )
        return card

    def _club_change(self, state, reason="", **values):
        """Set the state of these cards where the rules allow it; the caller has checked who asks."""
        names = dict(self._fields["state"]._description_selection(self.env))
        for card in self:
            if card.state == state or not can_change(CARD_CHANGES, card.state, state):
                raise UserError(
                    self.env._(
                        "Card %(card)s is “%(old)s” and cannot become “%(new)s”.",
                        card=card.display_name,
                        old=names[card.state],
                        new=names[state],
                    )
                )
        # state and member of a card change by these methods only, whoever may call them
        self.sudo().write(
            {"state": state, "state_at": fields.Datetime.now(), "state_reason": reason or False, **values}
        )

    def _club_activate(self, member, reason=""):
        """Give this card from stock to ``member``, or take a lost or blocked one of his into use again."""
        self.ensure_one()
        if member.club_id != self.club_id:
            raise UserError(
                self.env._("Card %(card)s is of the club %(club)s.", card=self.display_name, club=self.club_id.name)
            )
        if member.state != "active":
            raise UserError(
                self.env._("%s is not an active member. Make the member active first.", member.display_name)
            )
        if self.member_id and self.member_id != member:
            raise UserError(
                self.env._(
                    "Card %(card)s belongs to %(member)s.", card=self.display_name, member=self.member_id.display_name
                )
            )
        if self._club_is_past():
            raise UserError(
                self.env._(
                    "Card %(card)s was valid until %(day)s. Take another one.",
                    card=self.display_name,
                    day=format_date(self.env, self.expires_on),
                )
            )
        self._club_change(
            "active", reason, member_id=member.id, activated_at=self.activated_at or fields.Datetime.now()
        )

    def _club_replace(self, new_card=None, reason=""):
        """Replace this card by ``new_card`` from stock, or by a new virtual one; balances stay where they are.

        :return: the new card, active
        """
        self.ensure_one()
        if not self.member_id:
            raise UserError(
                self.env._(
                    "Card %s belongs to nobody, so there is nothing to replace. Delete or block it.", self.display_name
                )
            )
        if new_card:
            if new_card.state != "stock":
                raise UserError(self.env._("Card %s is not in stock. Take an unused card.", new_card.display_name))
            new_card._club_activate(self.member_id)
        elif self.member_id.state != "active":
            raise UserError(
                self.env._("%s is not an active member. Make the member active first.", self.member_id.display_name)
            )
        else:
            new_card = self._club_issue_virtual(self.member_id)
        self._club_change("replaced", reason, replaced_by_id=new_card.id)
        return new_card

    def _club_report_lost(self, reason=""):
        self._club_change("lost", reason)

    def _club_block(self, reason=""):
        self._club_change("blocked", reason)

    def _club_unblock(self, reason=""):
        """Take lost or blocked cards into use again; one that never had a member goes back into stock."""
        for card in self:
            if card.member_id:
                card._club_activate(card.member_id, reason)
            elif card.state in ("blocked", "lost"):
                card.sudo().write(
                    {"state": "stock", "state_at": fields.Datetime.now(), "state_reason": reason or False}
                )

    @api.model
    def _cron_expire(self):
        # pylint: disable-next=no-search-all; a business has a handful of clubs
        for club in self.env["loyalty.club"].with_context(active_test=False).search([]):
            self._club_expire(club, club._club_today())
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _club_expire(self, club, today):
        """Let the cards of ``club`` expire whose last day is before ``today``; returns them."""
        self.env.flush_all()
        allowed = tuple(
            state for state in CARD_CHANGES if state != "expired" and can_change(CARD_CHANGES, state, "expired")
        )
        rows = self.env.execute_query(
            SQL(
                """UPDATE loyalty_club_card SET state = 'expired', state_at = %(now)s, write_date = %(now)s,
                          write_uid = %(uid)s
                    WHERE club_id = %(club)s AND expires_on < %(today)s AND state IN %(allowed)s
                      AND state NOT IN ('replaced', 'expired') RETURNING id""",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                club=club.id,
                today=today,
                allowed=allowed,
            )
        )
        cards = self.browse([row[0] for row in rows])
        cards.invalidate_recordset(["state", "state_at"], flush=False)
        return cards

    def _club_is_past(self):
        return bool(self.expires_on and self.expires_on < self.club_id.sudo()._club_today())

    def _club_refusal(self):
        """Why the till must not serve this card, as a sentence for the cashier; False when it may."""
        self.ensure_one()
        card = self.sudo()  # a cashier gets the reason also for a card or member that he may not open
        past = card.state in ("stock", "active") and card._club_is_past()
        code = refusal("expired" if past else card.state, card.member_id.state or None)
        if not code:
            return False
        since = card.expires_on if past else card.state_at
        day = format_date(self.env, since) if since else ""
        return self._club_refusal_text(code, card, day)

    def _club_refusal_text(self, code, card, day):
        texts = {
            "card_stock": lambda: self.env._(
                "This card was not given to anybody yet. Join the customer, or give the card in the back office."
            ),
            "card_replaced": lambda: self.env._(
                "This card was replaced on %(day)s by the one ending %(last)s. Ask for the new card.",
                day=day,
                last=card.replaced_by_id.number[-4:],
            ),
            "card_lost": lambda: self.env._(
                "This card was reported lost on %s. Keep it, and find the member by mobile number.", day
            ),
            "card_blocked": lambda: self.env._(
                "This card was blocked on %(day)s. %(reason)s", day=day, reason=card.state_reason or ""
            ).strip(),
            "card_expired": lambda: self.env._("This card expired on %s. Give the member a new one.", day),
            "member_blocked": lambda: self.env._(
                "%s is blocked in the club. Sell without the club, and ask the office.", card.member_id.partner_id.name
            ),
            "member_left": lambda: self.env._(
                "%s has left the club. Ask whether to join again.", card.member_id.partner_id.name
            ),
        }
        return texts[code]()
