"""Odoo's own history: found by order. With each order Odoo looks here whether it was booked, and without an index reads
all there is; programs outside of the club still go that way, often beside a long history from before the club."""

from odoo import models


class LoyaltyHistory(models.Model):
    _inherit = "loyalty.history"

    _club_by_order = models.Index("(order_model, order_id)")
