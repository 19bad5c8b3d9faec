"""Branches know their tills and warehouses."""

from odoo import api, fields, models


class LoyaltyClubBranch(models.Model):
    _inherit = "loyalty.club.branch"

    pos_config_ids = fields.One2many(comodel_name="pos.config", inverse_name="club_branch_id", string="Tills")
    warehouse_ids = fields.Many2many(
        comodel_name="stock.warehouse",
        string="Warehouses",
        help="Sale orders from these warehouses belong to this branch.",
    )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    pos_config_ids = fields.One2many(
        comodel_name="pos.config", inverse_name="club_id", string="Tills", domain="[('club_branch_id', '=', False)]"
    )

    def _club_branch_for_till(self, config):
        """The branch of a till that has none: that of its warehouse, else a new one named after the till."""
        self.ensure_one()
        warehouse = config.picking_type_id.warehouse_id
        branch = self.branch_ids.filtered(lambda b: warehouse and warehouse in b.warehouse_ids)[:1]
        return branch or self._club_new_branch(config, warehouse)

    @api.model
    def _club_free_code(self, club, wanted):
        taken = set(club.with_context(active_test=False).branch_ids.mapped("code"))
        number = 1
        code = wanted
        while code in taken:
            number += 1
            code = f"{wanted}{number}"
        return code

    def _club_new_branch(self, config, warehouse):
        return self.env["loyalty.club.branch"].create(
            {
                "club_id": self.id,
                "name": config.name,
                "code": self._club_free_code(self, (warehouse.code or config.name or "B")[:8]),
                "company_id": config.company_id.id,
                "warehouse_ids": [(6, 0, warehouse.ids)],
            }
        )
