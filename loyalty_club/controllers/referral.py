"""Invitations on the web: the page behind a member's link, and the member's own page with code, link and QR."""

from urllib.parse import quote

from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import UserError
from odoo.http import request

from ..tools.referral_code import clean
from ..tools.text import normalise

#: People who may join from one address within an hour; a family at one phone network, not a script.
JOINS, SECONDS = 5, 3600
#: Wrong codes from one address within an hour.
WRONG_CODES = 20


class ClubJoin(http.Controller):
    @http.route("/club/join/<string:code>", type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def club_join_page(self, code, **_kwargs):
        """The form, for a code that somebody has."""
        referrer = self._club_referrer(code)
        if referrer is None:
            return self._club_page("wait", status=429)
        if not referrer:
            return self._club_page("unknown")
        return self._club_page("form", club=referrer.club_id, code=code)

    @http.route("/club/join/<string:code>", type="http", auth="public", methods=["POST"], website=True, sitemap=False)
    def club_join(self, code, name="", mobile="", **form):
        """Join; whether the number was known before is not to be seen from the answer."""
        referrer = self._club_referrer(code)
        if referrer is None:
            return self._club_page("wait", status=429)
        if not referrer:
            return self._club_page("unknown")
        club = referrer.club_id
        typed = {"club": club, "code": code, "name": name[:80], "mobile": mobile[:30]}
        Member = request.env["loyalty.club.member"].sudo()  # the visitor has no account; he joins and sees nothing
        try:
            Member._club_read_mobile(club, mobile[:30])
        except UserError as error:
            return self._club_page("form", error=str(error), **typed)
        if not normalise(name):
            return self._club_page("form", error=request.env._("Type your name."), **typed)
        key, asks = None, []
        if club._club_confirms_mobile():
            typed["consents"] = asks = [ask for ask in club._club_consent_asks() if form.get(f"agree_{ask['purpose']}")]
            key, page = self._club_mobile_key(typed, form.get("sms_code"))
            if not key:
                return page
        if not self._club_may("join", JOINS):
            return self._club_page("wait", status=429)
        Member._club_join_on_web(club, mobile[:30], normalise(name[:80]), referrer, key, asks)
        return self._club_page("done", club=club)

    def _club_mobile_key(self, typed, code):
        """Send a code, or check the one that was typed.

        :return: (key of the confirmed mobile or False, the page to show without one)
        """
        Proof = request.env["loyalty.club.proof"].sudo()  # the visitor has no account
        club, mobile = typed["club"], typed["mobile"]
        if code:
            answer = Proof._club_confirm_mobile(club, mobile, code[:10])
            return answer["key"], self._club_page("code", error=answer["message"], **typed)
        answer = Proof._club_request_mobile(club, mobile, address=request.httprequest.remote_addr)
        if answer["status"] in ("sent", "limited"):
            return False, self._club_page("code", message=answer["message"], **typed)
        return False, self._club_page("form", error=answer["message"], **typed)

    def _club_referrer(self, code):
        """The active member with this code; empty: nobody; None: too many wrong codes came from this address."""
        Member = request.env["loyalty.club.member"].sudo()  # a visitor knows a code and nothing else
        found = clean(code)
        member = Member.search([("referral_code", "=", found), ("state", "=", "active")]) if found else Member
        if member:
            return member
        return Member if self._club_may("code", WRONG_CODES) else None

    def _club_may(self, what, most):
        key = f"referral:{what}:{request.httprequest.remote_addr}"
        allowed, _count, _wait = request.env["loyalty.club.attempt"].sudo()._club_take(key, most, SECONDS)
        return allowed

    def _club_page(self, status_of_page, status=200, **values):
        values = {
            "club": False,
            "code": "",
            "name": "",
            "mobile": "",
            "error": False,
            "message": False,
            "consents": [],
            **values,
        }
        club = values["club"]
        # without a code nobody shows that the number is his, so nobody can agree to anything for it
        values["asks"] = club._club_consent_asks() if club and club._club_confirms_mobile() else []
        response = request.render("loyalty_club.join_page", {"status": status_of_page, **values}, status=status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class ClubInvite(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            values["club_invites"] = bool(self._club_members())
        return values

    def _club_members(self):
        partner = request.env.user.partner_id
        # a customer sees his own memberships
        return (
            request.env["loyalty.club.member"]
            .sudo()
            .search([("partner_id", "=", partner.id), ("state", "=", "active"), ("merged_into_id", "=", False)])
        )

    @http.route("/my/club/invite", type="http", auth="user", methods=["GET"], website=True, sitemap=False)
    def club_invitations(self, **_kwargs):
        """The member's own code, link and QR, and what his friends earned him."""
        values = self._prepare_portal_layout_values()
        values["invitations"] = [self._club_invitation(member) for member in self._club_members()]
        values["page_name"] = "club_invite"
        return request.render("loyalty_club.portal_invitations", values)

    def _club_invitation(self, member):
        code = member._club_code()
        states = dict(member.referral_ids._fields["state"]._description_selection(request.env))
        return {
            "club": member.club_id.name,
            "code": code,
            "link": member.referral_link,
            "quoted": quote(member.referral_link, safe=""),
            "friends": [
                {
                    # the first name is enough to know him again
                    "name": (referral.friend_id.name or "").split(" ")[0],
                    "at": referral.at,
                    "state": states[referral.state],
                    "earned": referral.earned_display,
                }
                for referral in member.referral_ids
                if referral.state != "refused"
            ],
        }
