"""Small things that several models have in common."""

from collections import defaultdict

from odoo import api, models


class LoyaltyClubOriginMixin(models.AbstractModel):
    """A record that came from a document, named by ``origin_model`` and ``origin_id``."""

    _name = "loyalty.club.origin.mixin"
    _description = "Record With an Origin"

    def action_club_origin(self):
        """Open the order, invoice, request … that it came from."""
        self.ensure_one()
        if self.origin_model not in self.env or not self.origin_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.origin_model,
            "res_id": self.origin_id,
            "view_mode": "form",
        }


class LoyaltyClubRememberedMixin(models.AbstractModel):
    """Records that methods with ``ormcache`` read: whatever changes them makes all workers read them again."""

    _name = "loyalty.club.remembered.mixin"
    _description = "Records That Are Remembered"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()


class LoyaltyClubBatchMixin(models.AbstractModel):
    """Cards made together."""

    _name = "loyalty.club.batch.mixin"
    _description = "Cards Made Together"

    def _club_cards_by_state(self, model):
        """{batch id: {state: how many cards of ``model``}}."""
        counts = defaultdict(lambda: defaultdict(int))
        for batch, state, count in self.env[model]._read_group(
            [("batch_id", "in", self.ids)], ["batch_id", "state"], ["__count"]
        ):
            counts[batch.id][state] = count
        return counts
