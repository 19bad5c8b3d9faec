"""Codes of cards, in the one answer that makes them."""

from odoo import http
from odoo.http import content_disposition, request

from ..tools.sheet import to_csv, to_xlsx

_MODELS = {"gift": "loyalty.club.gift", "gift-batch": "loyalty.club.gift.batch"}
_FORMS = {
    "csv": ("text/csv;charset=utf-8", to_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda rows: to_xlsx(rows, widths=(14, 22, 20, 8, 12, 12)),
    ),
}


class ClubGiftCodes(http.Controller):
    @http.route(
        "/loyalty_club/codes/<string:model>/<int:record_id>/<string:token>.<string:form>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def club_codes(self, model, record_id, token, form, **_kwargs):
        """Make the codes and hand them out. The link is drawn by a button, works once, and for its user only."""
        if model not in _MODELS or (form not in _FORMS and form != "pdf"):
            raise request.not_found()
        record = request.env[_MODELS[model]].browse(record_id).exists()
        if not record or not record.has_access("write") or not record._club_handout_take(token):
            raise request.not_found()
        drawn = record._club_hand_out()
        Gift = request.env["loyalty.club.gift"]
        if form == "pdf":
            kind, content = "application/pdf", Gift._club_pdf(drawn)
        else:
            kind, write = _FORMS[form]
            content = write(Gift._club_sheet_rows(drawn))
        name = record.name if model == "gift-batch" else record.serial
        headers = [
            ("Content-Type", kind),
            ("Content-Disposition", content_disposition(f"{name}.{form}")),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
