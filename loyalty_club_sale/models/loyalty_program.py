"""Programs in the office: who runs the club need not have the right to read every sale order."""

from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    # a number only, on screens that club managers and auditors open too
    order_count = fields.Integer(compute_sudo=True)
    total_order_count = fields.Integer(compute_sudo=True)
