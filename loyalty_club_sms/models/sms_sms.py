"""Messages with a secret: sent soon or not at all, and their text goes with the sending."""

from datetime import timedelta

from odoo import fields, models

#: As long as the codes in them are good.
SECRET_MINUTES = 10


class SmsSms(models.Model):
    _inherit = "sms.sms"

    club_secret = fields.Boolean(
        string="With a one-time code", readonly=True, help="The text is deleted as soon as it was sent."
    )

    def _send_with_api(self, sms_api, unlink_failed=False, unlink_sent=True, raise_exception=False):
        # PORT-20: core's queue ends here on every way, also from its scheduler
        secret = self.filtered("club_secret")
        oldest = fields.Datetime.now() - timedelta(minutes=SECRET_MINUTES)
        late = secret.filtered(lambda sms: sms.create_date < oldest)
        late.write({"state": "canceled"})
        rest = self - late
        result = None
        if rest:
            result = super(SmsSms, rest)._send_with_api(
                sms_api, unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
            )
        # a code that did not get through is asked for again, so there is nothing to send later either
        secret.write({"body": False, "to_delete": True})
        return result
