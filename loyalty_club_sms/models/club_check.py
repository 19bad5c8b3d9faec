"""The check knows the guards and the invariants of consents."""

from odoo import api, models


class LoyaltyClubCheck(models.AbstractModel):
    _inherit = "loyalty.club.check"

    @api.model
    def _club_guard_files(self):
        return [*super()._club_guard_files(), "loyalty_club_sms/sql/consent.sql"]

    @api.model
    def _club_invariants(self):
        return [
            *super()._club_invariants(),
            (
                "consents",
                "What a member agreed to belongs to the member's own club.",
                """SELECT c.id AS consent, c.member_id, c.club_id FROM loyalty_club_consent c
                     JOIN loyalty_club_member m ON m.id = c.member_id WHERE c.club_id IS DISTINCT FROM m.club_id""",
            ),
        ]
