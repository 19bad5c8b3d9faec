"""Short links of campaigns: count the click and lead on."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request


class ClubCampaignLink(http.Controller):
    @http.route(
        ["/c/<string:token>", "/c/<string:token>/<int:number>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def club_campaign_link(self, token, number=1, **_kwargs):
        """Lead to the address behind a member's link. Programs that look at links before people do are not counted."""
        is_person = request.httprequest.method == "GET" and not request.env["ir.http"].is_a_bot()
        # whoever has the message may follow its link; nothing but the address is given out
        url = request.env["loyalty.club.campaign.click"].sudo()._club_follow(token, number, count=is_person)
        if not url:
            raise NotFound()
        # not for ever: the next click counts again
        response = request.redirect(url, code=302, local=False)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
