"""Two calls as a till makes them: set an amount aside, and capture it."""

from decimal import Decimal

from odoo import http
from odoo.http import request


class Spend(http.Controller):
    @http.route("/club_bench/hold", type="jsonrpc", auth="user")
    def hold(self, account_id, branch_id, key):
        account = request.env["loyalty.club.account"].sudo().browse(account_id)
        branch = request.env["loyalty.club.branch"].sudo().browse(branch_id)
        return account._club_authorise(Decimal(1), key, branch=branch).id

    @http.route("/club_bench/capture", type="jsonrpc", auth="user")
    def capture(self, hold_id, branch_id):
        hold = request.env["loyalty.club.hold"].sudo().browse(hold_id)
        return hold._club_capture(branch_id=branch_id, origin=("pos.order", 1), documented=True).id
