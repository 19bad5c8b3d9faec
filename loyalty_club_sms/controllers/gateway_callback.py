"""Callbacks of gateways. Nobody signs them, so nothing in them is read: they only make us ask the gateway at once."""

from odoo import http
from odoo.http import request


class ClubGatewayCallback(http.Controller):
    @http.route(
        "/loyalty_club_sms/callback/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
    )
    def club_gateway_callback(self, token, **_kwargs):
        """Any form, any body; whoever does not know a gateway's secret path finds nothing here."""
        # the path is the proof; the vendor has no user
        gateway = request.env["loyalty.club.gateway"].sudo().search([("callback_token", "=", token)], limit=1)
        if len(token) < 24 or not gateway:
            raise request.not_found()
        gateway._club_prompted()
        return request.make_response("ok", [("Content-Type", "text/plain; charset=utf-8")])
