"""Why a message did not go, in words. The drivers' words are repeated here, where they can be translated."""

from odoo import api, models


class LoyaltyClubMessage(models.Model):
    _inherit = "loyalty.club.message"

    @api.model
    def _club_reasons(self):
        return {**super()._club_reasons(), **self._club_gateway_reasons(), **self._club_own_reasons()}

    def _club_gateway_reasons(self):
        return {
            "number": self.env._("The number is not valid."),
            "blacklist": self.env._("The receiver blocked advertising at the operator or at the gateway."),
            "text": self.env._("The gateway does not allow this text (empty, too long, a filtered word or a link)."),
            "opt_out_text": self.env._("The gateway wants the opt-out text in messages to many people."),
            "template": self.env._("The gateway does not know the template, or its values do not fit."),
            "sender": self.env._("The gateway does not allow this line."),
            "credit": self.env._("The gateway's account has no credit left."),
            "key": self.env._("The gateway does not accept the key, the user or this server's address."),
            "account": self.env._("The gateway's account is not active, or lacks a permission."),
            "limit": self.env._("The gateway's limit for a day or for an account is reached."),
            "size": self.env._("There were more receivers in a call than the gateway takes."),
            "busy": self.env._("The gateway was asked too often, or is busy."),
            "no_line": self.env._("The gateway has no line for this purpose."),
            "unreachable": self.env._("The gateway could not be reached."),
            "config": self.env._("The gateway did not understand the request; its settings need a look."),
            "timeout": self.env._("The gateway did not answer in time; the message may have gone."),
            "server": self.env._("The gateway failed while it worked on the request; the message may have gone."),
            "unreadable": self.env._("The gateway's answer could not be read; the message may have gone."),
            "not_delivered": self.env._("The operator could not deliver it."),
            "expired": self.env._("The operator gave up: the phone was off for too long."),
            "cancelled": self.env._("It was cancelled at the gateway."),
            "filtered": self.env._("The operator filtered it."),
            "unknown": self.env._("The gateway gave no known reason."),
        }

    def _club_own_reasons(self):
        return {
            "late": self.env._("It was too late to be worth anything."),
            "cap": self.env._("The member had enough advertising for that day; it goes the next day."),
            "died": self.env._("The server stopped while it was being handed over; it may have gone."),
            "unanswered": self.env._("The gateway did not mention it in its answer; it may have gone."),
            "never_came": self.env._("The gateway was asked and never got it."),
            "error": self.env._("Something went wrong here while it was handed over; it may have gone."),
            "empty": self.env._("There was no text to send."),
            "text_error": self.env._("The text could not be written."),
            "by_hand": self.env._("It was cancelled here."),
        }
