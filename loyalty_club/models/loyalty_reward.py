"""Rewards of managed programs are the club's."""

from odoo import models


class LoyaltyReward(models.Model):
    _name = "loyalty.reward"
    _inherit = ["loyalty.reward", "loyalty.club.managed.mixin"]
