"""The service that stands on tickets and orders for the discount of a discount card."""

from odoo import fields, models
from odoo.fields import Command


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    discount_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Discount card product",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Stands on tickets and orders for the discount that a discount card gives.",
    )

    def _club_ensure_discount_product(self):
        """The product of this club's discounts, made when there is none."""
        self.ensure_one()
        club = self.sudo()  # an officer makes cards and edits neither products nor the club
        if not club.discount_product_id:
            club.discount_product_id = (
                self.env["product.product"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Discount card"),
                        "type": "service",
                        "list_price": 0,
                        "sale_ok": False,
                        "purchase_ok": False,
                        "taxes_id": [Command.clear()],
                        "supplier_taxes_id": [Command.clear()],
                        "company_id": False,
                    }
                )
            )
        return club.discount_product_id
