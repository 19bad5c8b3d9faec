"""Small things that several models have in common."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError


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


class LoyaltyClubManagedMixin(models.AbstractModel):
    """Odoo's records that say what a club gives: whoever else runs tills or sales does not change them.

    What counts is the program that a record has before and after, so values, defaults of the context, commands of a
    form and imported files are all the same here.
    """

    _name = "loyalty.club.managed.mixin"
    _description = "Records of Managed Programs"

    def _club_programs_of(self):
        return self.sudo().program_id  # whether a club has them is all that is asked

    def _club_managers_only(self):
        """
        :raises AccessError: one of these belongs to a club, and the user does not run clubs
        """
        if self.env.su or self.env.user.has_group("loyalty_club.group_club_manager"):
            return
        ours = self._club_programs_of().filtered("club_id")
        if ours:
            raise AccessError(
                self.env._(
                    "“%(program)s” belongs to the club %(club)s. Ask a manager of the club to change it.",
                    program=ours[0].name,
                    club=ours[0].club_id.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._club_managers_only()
        return records

    def write(self, vals):
        self._club_managers_only()
        result = super().write(vals)
        self._club_managers_only()  # it may have come into a club's program only now
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_managed(self):
        self._club_managers_only()
