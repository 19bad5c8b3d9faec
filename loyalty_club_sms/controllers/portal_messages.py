"""The member's own page: what may be sent to him, on which ways, and his messengers."""

from odoo.addons.loyalty_club.controllers.portal_club import PortalClub
from odoo.exceptions import UserError
from odoo.http import request, route

from ..rules.consent import ADVERTISING

#: Links to a bot that one customer may make in an hour.
LINKS, WINDOW = 10, 3600
#: Changes shown on the page.
SHOWN = 10
BOTS = ("telegram", "bale")


class PortalMessages(PortalClub):
    @route("/my/club/<int:member_id>/messages", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_messages(self, member_id, **form):
        """What he agrees to; sent, the ticks are what he says now."""
        member = self._club_own(member_id)
        done = False
        if request.httprequest.method == "POST":
            self._club_save(member, form)
            done = True
        return self._club_messages_page(member, done=done)

    @route("/my/club/<int:member_id>/bot/<string:kind>", type="http", auth="user", website=True, methods=["POST"])
    def portal_bot(self, member_id, kind, end=None, **_form):
        """Connect a messenger: on to it, with a link that works once. Or end the connection."""
        member = self._club_own(member_id)
        if kind not in BOTS:
            raise request.not_found()
        if end:
            request.env["loyalty.club.bot.link"]._club_linked(member, kind)._club_end()
            return request.redirect(f"/my/club/{member.id}/messages")
        Attempt = request.env["loyalty.club.attempt"].sudo()  # customers have no rights on the count
        allowed, _count, _wait = Attempt._club_take(f"bot:link:{request.env.uid}", LINKS, WINDOW)
        try:
            if not allowed:
                raise UserError(request.env._("You have asked for many links. Try again in an hour."))
            bot = request.env["loyalty.club.bot"]._club_bot(member.club_id, kind)
            link = request.env["loyalty.club.bot.token"]._club_make(bot, member)
        except UserError as refused:
            return self._club_messages_page(member, error=str(refused))
        response = request.redirect(link, code=303, local=False)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _club_own(self, member_id):
        member = self._club_my_members().filtered(lambda own: own.id == member_id and own.state == "active")
        if not member:
            raise request.not_found()
        return member

    def _club_ways(self, member):
        """The ways there are for this member: list of dicts ``code``, ``name``, ``to``, ``bot`` (or False)."""
        names = member._club_consent_names()[1]
        links = request.env["loyalty.club.bot.link"]._club_linked(member)
        ways = [{"code": "sms", "name": names["sms"], "to": member.mobile_display, "bot": False}]
        if member.email:
            ways.append({"code": "email", "name": names["email"], "to": member.email, "bot": False})
        for kind in BOTS:
            bot = request.env["loyalty.club.bot"]._club_bot(member.club_id, kind)
            if bot:
                linked = links.filtered(lambda link, bot=bot: link.bot_id == bot)
                ways.append({"code": kind, "name": names[kind], "to": linked and f"@{bot.username}", "bot": bot})
        return ways

    def _club_save(self, member, form):
        """Only what is on the page changes: a way that is not connected keeps what was said of it."""
        for purpose in ADVERTISING:
            text = request.env["loyalty.club.consent.text"]._club_text(member.club_id, purpose)
            for way in self._club_ways(member):
                if not way["to"] or not text:
                    continue
                if form.get(f"{purpose}_{way['code']}"):
                    member._club_give_consent(purpose, way["code"], "portal", text_id=text.id)
                elif member._club_consents(purpose, way["code"])[member.id]:
                    member._club_withdraw_consent([purpose], [way["code"]], "portal")

    def _club_messages_page(self, member, done=False, error=False):
        Text = request.env["loyalty.club.consent.text"]
        Consent = request.env["loyalty.club.consent"].sudo()  # the customer's own rows
        latest = Consent._club_latest(member.ids)
        texts = {purpose: Text._club_text(member.club_id, purpose) for purpose in ADVERTISING}
        names, channels = member._club_consent_names()
        history = Consent.search([("member_id", "=", member.id)], limit=SHOWN)
        values = {
            "page_name": "my_club",
            "member": member,
            "ways": self._club_ways(member),
            "asks": [(purpose, names[purpose], texts[purpose].body) for purpose in ADVERTISING if texts[purpose]],
            "agreed": {(purpose, channel) for (_member, purpose, channel), given in latest.items() if given},
            "history": [(row, names[row.purpose], channels[row.channel]) for row in history],
            "sources": dict(Consent._fields["source"]._description_selection(request.env)),
            "done": done,
            "error": error,
        }
        response = request.render("loyalty_club_sms.portal_messages", values)
        response.headers["Cache-Control"] = "no-store"
        return response
