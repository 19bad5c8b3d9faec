"""Joining at the till: his language, what he agrees to, and the code that shows that the number is his."""

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
            data["languages"] = self._club_languages()
            data["language"] = self.env["res.partner"].default_get(["lang"]).get("lang")
        return data

    def _club_languages(self):
        """The languages in which members are written to, each under its own name; none when there is no choice."""
        installed = self.env["res.lang"].get_installed()
        # Odoo calls them “Persian / فارسی”
        return [{"code": code, "name": name.split(" / ")[-1]} for code, name in installed] if installed[1:] else []

    def _club_language(self, code):
        """``code`` when it is a language of this database, else None."""
        return code if isinstance(code, str) and code in dict(self.env["res.lang"].get_installed()) else None

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
