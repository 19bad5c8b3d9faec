"""The files for the card printer."""

from odoo import http
from odoo.http import content_disposition, request

from ..tools.sheet import to_csv, to_xlsx

_FORMS = {
    "csv": ("text/csv;charset=utf-8", to_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda rows: to_xlsx(rows, widths=(18, 22, 18, 26, 12)),
    ),
}


class ClubCardBatch(http.Controller):
    @http.route(
        "/loyalty_club/batch/<int:batch_id>.<string:form>", type="http", auth="user", methods=["GET"], readonly=True
    )
    def club_batch_file(self, batch_id, form, **_kwargs):
        """The numbers of a batch; access rights of the batch decide who gets them."""
        batch = request.env["loyalty.club.card.batch"].browse(batch_id).exists()
        if not batch or form not in _FORMS or not batch.has_access("read"):
            raise request.not_found()
        kind, write = _FORMS[form]
        headers = [("Content-Type", kind), ("Content-Disposition", content_disposition(f"{batch.name}.{form}"))]
        return request.make_response(write(batch._club_export_rows()), headers)
