"""A card's code by e-mail: drawn at the moment in which the mail goes to the mail server, and written down nowhere.

What is kept of such a mail, in the queue, after a failure, in the archive of a template, has a placeholder where the
recipient finds the code. Each try to send draws a new code and lets the one before die, so a mail that failed, or was
sent twice, leaves one code that is good: that of the last mail. ``docs/decisions/074`` says why.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ..tools.gift_code import pretty

TEMPLATE = "loyalty_club.mail_template_gift"
#: Stands for the code in all that is kept. Without the card's own note of the mail it stands for nothing.
PLACE = "[[club-code]]"
#: States of a mail that did not go out and does not go by itself.
STOPPED = ("exception", "cancel")


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    # the one mail that may carry the card's code; only this file writes it
    code_mail_id = fields.Many2one(
        comodel_name="mail.mail",
        readonly=True,
        copy=False,
        groups=NO_ACCESS,
        index="btree_not_null",
        ondelete="set null",
    )
    code_mail = fields.Selection(
        selection=[("waiting", "On its way"), ("failed", "Not delivered")],
        string="E-mail with the code",
        compute="_compute_code_mail",
        compute_sudo=True,
    )
    code_mail_problem = fields.Char(compute="_compute_code_mail", compute_sudo=True)

    @api.depends("code_mail_id.state", "code_mail_id.failure_reason")
    def _compute_code_mail(self):
        for gift in self:
            mail = gift.code_mail_id
            failed = mail.state in STOPPED
            gift.code_mail = "failed" if failed else "waiting" if mail.state == "outgoing" else False
            gift.code_mail_problem = failed and (mail.failure_reason or "").split("\n")[0][:200]

    def _club_send_mail(self, now=False):
        """Send the code to whom the card is for; it takes the place of a mail that did not go out.

        :param now: within this transaction, and raise when it fails
        :return: whether there is a template and an address
        """
        self.ensure_one()
        gift = self.sudo()  # the club's own card, template and mail; the caller has checked who sends
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template or not gift.recipient_email:
            return False
        gift.code_mail_id.unlink()
        mail_id = (
            template.sudo()
            .with_context(club_code=PLACE)
            # to the card's address and nobody else, whatever Odoo takes for the default recipients of a card
            .send_mail(
                gift.id,
                force_send=False,
                email_values={"email_to": gift.recipient_email, "recipient_ids": [(5, 0, 0)], "auto_delete": True},
            )
        )
        gift.code_mail_id = mail_id
        if now:
            gift.code_mail_id.send(raise_exception=True)
        else:
            gift.code_mail_id.send_after_commit()
        return True

    def action_send_code(self):
        """Send a new code to the card's e-mail address; whatever was sent before is dead."""
        self.ensure_one()
        self._club_office_only()
        self._club_ensure_unused()
        if not self.recipient_email:
            raise UserError(self.env._("Write down the e-mail address of whom the card is for first."))
        self._club_send_mail()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("A new code is on its way to %s. The old one is dead.", self.recipient_email),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _club_mailed(self, letters):
        """Put a new code into the letters that leave now.

        :param letters: as ``mail.mail._prepare_outgoing_list`` gives them
        :raises UserError: the card was used or stopped meanwhile, so no code goes out
        """
        self.ensure_one()
        self._club_ensure_unused()
        [(_gift, code, _pin)] = self._club_new_codes()
        shown = pretty(code)
        for letter in letters:
            for part in ("subject", "body", "body_alternative"):
                letter[part] = letter[part] and letter[part].replace(PLACE, shown)
        return letters


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, *args, **kwargs):
        letters = super()._prepare_outgoing_list(*args, **kwargs)
        if not any(PLACE in (letter["body"] or "") + (letter["subject"] or "") for letter in letters):
            return letters
        # that this mail may carry a code stands with the card, where nobody but the club's code can write it
        gift = self.env["loyalty.club.gift"].sudo().search([("code_mail_id", "=", self.id)])
        return gift._club_mailed(letters) if gift else letters

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        if failure_type:
            self._club_report_codes()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _club_report_codes(self):
        """Tell a person of cards whose code did not reach anybody."""
        # whoever sends the queue reports it
        gifts = self.env["loyalty.club.gift"].sudo().search([("code_mail_id", "in", self.ids)])
        for gift in gifts:
            self.env["loyalty.club.exception"].sudo()._club_report(
                "refused",
                gift.club_id,
                self.env._(
                    "The e-mail with the code of %(card)s did not reach %(address)s. Correct the address on the card "
                    "and press “Send a new code”.",
                    card=gift.serial,
                    address=gift.recipient_email,
                ),
                account_id=gift.account_id.id,
                origin_model=gift._name,
                origin_id=gift.id,
            )
