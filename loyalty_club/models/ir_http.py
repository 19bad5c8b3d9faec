"""Requests that no page and no call can mean: texts with the character NUL. They are refused before anything is looked
up, with a status or a sentence, where the database would fail with a traceback."""

from werkzeug.exceptions import abort

from odoo import models
from odoo.exceptions import UserError
from odoo.http import Response, request

from ..tools.nul import NUL, has_nul

#: How JSON writes it; whatever has it not needs no second look.
IN_JSON = b"\\u0000"


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        if NUL in path_info:
            # no page can have this address, and what looks for one in the database would fail
            abort(Response("Not Found", status=404))
        return super()._match(path_info)

    @classmethod
    def _dispatch(cls, endpoint):
        if request.dispatcher.routing_type == "http":
            if has_nul(request.params):
                abort(Response("Bad Request", status=400))
        elif IN_JSON in request.httprequest.get_data(cache=True) and has_nul(request.params):
            raise UserError(request.env._("A text has a character that cannot be kept (NUL). Type it again."))
        return super()._dispatch(endpoint)
