"""What a member does besides buying, and gets something for: the call that other modules use, and the buttons."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..rules.lives import local_day

#: Weeks that do not begin on Monday.
WEEK_STARTS = {"IR": 5, "AF": 5, "SA": 6, "IL": 6, "US": 6}


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    event_ids = fields.One2many(comodel_name="loyalty.club.event", inverse_name="member_id", readonly=True)
    event_count = fields.Integer(string="Behaviour", compute="_compute_event_count")
    visits_on = fields.Boolean(compute="_compute_visits_on")

    def _compute_event_count(self):
        counts = dict(
            self.env["loyalty.club.event"]._read_group(
                [("member_id", "in", self.ids), ("state", "=", "given")], ["member_id"], ["__count"]
            )
        )
        for member in self:
            member.event_count = counts.get(member, 0)

    @api.depends("club_id")
    def _compute_visits_on(self):
        Kind = self.env["loyalty.club.event.type"]
        for member in self:
            member.visits_on = bool(Kind._club_kind(member.club_id, "visit"))

    # -- the call --------------------------------------------------------------------------------------------------

    def _club_event(self, code, key, at=None, branch=None, reason="", origin=None, amount=None, by_hand=False):
        """Give the member what the event ``code`` of his club gives.

        :param code: which event; one that the club does not have, or has switched off, gives nothing
        :param key: names what happened to this member (``survey:17``, ``day:2026-11-22``); it never gives twice
        :param at: UTC instant (naive), default now; decides the period of the cap
        :param origin: (model, id) that it came from, default the member; never an order, whose returns would take it
            back
        :param amount: Decimal, instead of the amount of the table
        :param by_hand: whether somebody gives it as he sees fit
        :return: the entry, also when the key was given before; empty when it gave nothing (see
            ``loyalty.club.event.state`` for the reason)
        """
        self.ensure_one()
        given = self._club_events(
            code,
            [(self.id, key)],
            at=at,
            branch=branch,
            reason=reason,
            origin=origin,
            amount=amount,
            by_hand=by_hand,
        )
        return self.env["loyalty.club.entry"].sudo().browse(given.get((self.id, key)) or ())

    @api.model
    def _club_events(self, code, pairs, **values):
        """``_club_event`` for many members in a few queries.

        :param pairs: list of (member id, key)
        :param values: as of ``_club_event``, the same for all
        :return: {(member id, key): entry id, or None when a cap was reached}; who gets nothing for another reason
            (no such event, membership not active) is left out
        """
        given = {}
        members = self.sudo().browse({member_id for member_id, _key in pairs})  # callers are sales, jobs and buttons
        for club, ours in members.grouped("club_id").items():
            kind = self.env["loyalty.club.event.type"]._club_kind(club, code)
            if kind:
                theirs = [pair for pair in pairs if pair[0] in ours._ids]
                given.update(self.env["loyalty.club.event"]._club_give(kind, theirs, **values))
        return given

    def _club_visit(self, at=None, branch=None):
        """Note that the members are here; the first visit of a day counts."""
        for member in self:
            day = local_day(at or fields.Datetime.now(), member.club_id._club_zone())
            member._club_event("visit", f"day:{day}", at=at, branch=branch)

    # -- buttons ---------------------------------------------------------------------------------------------------

    def action_club_check_in(self):
        """The member is here: give what a visit gives, once a day."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_club_cashier"):
            raise AccessError(self.env._("Only people of the club check members in."))
        self.check_access("read")
        self._club_here()
        day = local_day(fields.Datetime.now(), self.club_id._club_zone())
        before = self.sudo().event_ids.filtered(lambda event: event.code == "visit" and event.key == f"day:{day}")
        entry = self._club_event("visit", f"day:{day}", reason=self.env._("Checked in"))
        if before:
            message = self.env._("%s was here today already.", self.name)
        elif entry:
            amount = entry.account_id._club_format(entry.amount)
            message = self.env._("%(name)s is welcome and gets %(amount)s.", name=self.name, amount=amount)
        else:
            message = self.env._("Visits give nothing to %s now.", self.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success" if entry and not before else "info"},
        }

    def action_open_events(self):
        self.ensure_one()
        return self._club_open(
            "loyalty_club.loyalty_club_event_action",
            [("member_id", "=", self.id)],
            self.env._("Behaviour of %s", self.name),
        )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_week_start(self):
        """First day of the week in the club's country, 0 for Monday."""
        self.ensure_one()
        return WEEK_STARTS.get(self.sudo().country_id.code, 0)


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    @api.model
    def _club_for_members(self, members, program):
        """{member id: account id} of ``members`` in ``program``, made for those that have none, in a few queries."""
        self.env["loyalty.club.account"].flush_model(["member_id", "program_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT member_id, id FROM loyalty_club_account WHERE program_id = %s AND member_id = ANY(%s)",
                program.id,
                members.ids,
            )
        )
        accounts = dict(rows)
        without = members.filtered(lambda member: member.id not in accounts)
        if not without:
            return accounts
        Card = self.env["loyalty.card"].sudo()  # accounts and their cards come with the first real movement
        cards = {
            card.partner_id: card
            for card in Card.search(
                [("program_id", "=", program.id), ("partner_id", "in", without.partner_id.ids)], order="id desc"
            )
        }
        missing = without.filtered(lambda member: member.partner_id not in cards)
        made = Card.with_context(mail_create_nolog=True, mail_create_nosubscribe=True).create(
            [{"program_id": program.id, "partner_id": member.partner_id.id, "points": 0} for member in missing]
        )
        cards.update({card.partner_id: card for card in made})
        ids = self.sudo()._club_for_cards(Card.union(*cards.values()))
        accounts.update({member.id: ids[cards[member.partner_id].id] for member in without})
        return accounts
