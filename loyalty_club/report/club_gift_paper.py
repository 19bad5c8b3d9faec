"""Cards on paper, with codes that only this answer knows."""

import base64

from odoo import api, models

from ..tools.gift_code import pretty
from ..tools.text import runs


class ReportClubGift(models.AbstractModel):
    _name = "report.loyalty_club.report_gift"
    _description = "Gift Card on paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """``data["codes"]``: {card id: (clear code, clear PIN)}; without it the paper shows the last characters."""
        codes = (data or {}).get("codes") or {}
        cards = [
            self._club_face(gift, *codes.get(gift.id, ("", "")))
            for gift in self.env["loyalty.club.gift"].browse(docids)
        ]
        return {"doc_ids": docids, "doc_model": "loyalty.club.gift", "cards": cards, "runs": runs}

    def _club_face(self, gift, code, pin):
        artwork = gift.artwork or gift.batch_id.sudo().artwork  # the picture on the card, nothing else of the batch
        return {
            "gift": gift,
            "lang": gift.sudo().partner_id.lang or self.env.lang or "en_US",  # the buyer's, where he is known
            "code": pretty(code) if code else f"•••• {gift.last_four}",
            "pin": pin,
            "qr": self._club_bars("QR", code, 160, 160),
            "bars": self._club_bars("Code128", code, 480, 70),
            "artwork": artwork and artwork.decode(),
        }

    def _club_bars(self, kind, code, width, height):
        """A barcode as base64; drawn here, because an address with the code in it would be in the server's log."""
        if not code:
            return False
        return base64.b64encode(
            self.env["ir.actions.report"].barcode(kind, code, width=width, height=height, quiet=0)
        ).decode()


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    @api.model
    def _club_pdf(self, drawn):
        """Cards as PDF, one page each; ``drawn`` is [(card, clear code, clear PIN)]."""
        codes = {gift.id: (code, pin) for gift, code, pin in drawn}
        return self.env["ir.actions.report"]._render_qweb_pdf(
            "loyalty_club.action_report_gift", list(codes), data={"codes": codes}
        )[0]
