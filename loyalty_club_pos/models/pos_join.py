"""Joining at the till: what the customer agrees to, and the code that shows that the number is his."""

from odoo import models
from odoo.http import request


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_till_data(self):
        data = super()._club_till_data()
        if data:
            club = self.sudo().club_id  # cashiers read the club they serve
            data["asks"] = club._club_consent_asks()
            data["confirm_mobile"] = club._club_confirms_mobile()
        return data

    def _club_agreed(self, club, agreed):
        """What the till says of what the customer agreed to, as joining takes it; only what the club asks for."""
        agreed = agreed if isinstance(agreed, (list, tuple)) else ()
        return [{**ask, "place": self.name} for ask in club._club_consent_asks() if ask["purpose"] in agreed]

    def club_join_code(self, mobile):
        """Send a code to the mobile of somebody who joins; see ``_club_request_mobile``. Called by the till."""
        return self.env["loyalty.club.proof"]._club_request_mobile(
            self._club_served(),
            str(mobile or ""),
            branch=self.sudo().club_branch_id,  # the till's own branch
            till=self.name,
            address=request.httprequest.remote_addr if request else None,
        )

    def club_join_confirm(self, mobile, code):
        """Check that code; see ``_club_confirm``. Called by the till."""
        return self.env["loyalty.club.proof"]._club_confirm_mobile(self._club_served(), str(mobile or ""), code)
