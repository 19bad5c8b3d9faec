"""Messages that were refused: by the rule of consent before they went, or by a gateway whose answer is kept."""

from odoo import api, models

from ..rules.consent import BARRED, BLACKLISTED, MEMBER_CLOSED, NO_ADDRESS, NO_CONSENT, OPTED_OUT
from .club_barred import BLACKLIST


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    def _club_blocked(self):
        result = super()._club_blocked()
        self.invalidate_recordset(["reason", "channel", "line_id", "address", "detail"])
        told = self.sudo().filtered(lambda message: message.reason == BLACKLIST and message.address)  # the dispatcher's
        self.env["loyalty.club.barred"]._club_note(
            [(message.channel, message.line_id.id, message.address, message.detail) for message in told]
        )
        return result

    def _club_book_outcomes(self, letters, outcomes, route, worker):
        rows = super()._club_book_outcomes(letters, outcomes, route, worker)
        said = {outcome.uuid: outcome for outcome in outcomes or () if outcome.reason == BLACKLIST}
        moved = {row["id"] for row in rows if row["state"] == "waiting"}
        told = [
            (letter.channel, route.line.id, letter.address, said[letter.uuid].detail)
            for letter in letters
            if letter.uuid in said and letter.id in moved and letter.address
        ]
        if told:  # those that go on by the next channel; the others came by the hook above
            self._club_try(lambda: self.env["loyalty.club.barred"]._club_note(told))
        return rows

    @api.model
    def _club_reasons(self):
        return {
            **super()._club_reasons(),
            MEMBER_CLOSED: self.env._("The member is blocked or has left."),
            NO_ADDRESS: self.env._("There is no number or chat to send it to."),
            OPTED_OUT: self.env._("The member withdrew the consent."),
            NO_CONSENT: self.env._("The member never agreed to such messages on this channel."),
            BLACKLISTED: self.env._("The number is on the phone blacklist."),
            BARRED: self.env._("The gateway answered before that advertising does not reach this number."),
        }
