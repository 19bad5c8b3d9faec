"""PIN: what a member can prove himself with where no code reaches him. Five wrong ones lock it."""

from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.amount import to_amount
from ..tools.one_time import clean, is_easy, is_pin
from .club_proof import PROVED_MINUTES, TRIES


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    pin_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    has_pin = fields.Boolean(string="Has a PIN", compute="_compute_has_pin", compute_sudo=True)
    pin_locked = fields.Boolean(
        string="PIN locked",
        compute="_compute_pin_locked",
        help="Five wrong PINs lock it, until the member sets a new one or an officer unlocks it.",
    )

    @api.depends("pin_hash")
    def _compute_has_pin(self):
        for member in self:
            member.has_pin = bool(member.pin_hash)

    def _compute_pin_locked(self):
        for member in self:
            member.pin_locked = (
                bool(member.id and member.has_pin)
                and len(self.env["loyalty.club.attempt"].sudo()._club_times(member._club_pin_key())) >= TRIES
            )

    def _club_pin_key(self):
        return f"pin:{self.id}"

    def _club_set_pin(self, pin):
        """Set the member's PIN; the caller knows that it is the member who asks.

        :raises UserError: not four to eight digits, or one that everybody would try first
        """
        self.ensure_one()
        pin = clean(pin)
        if not is_pin(pin):
            raise UserError(self.env._("A PIN has four to eight digits."))
        if is_easy(pin):
            raise UserError(self.env._("This PIN is too easy to guess. Choose other digits."))
        # a slow hash: there are few PINs to try
        self.sudo().pin_hash = self.env["res.users"]._crypt_context().hash(pin)
        self.env["loyalty.club.attempt"]._club_forget(self._club_pin_key())

    def _club_change_pin(self, old, pin, again):
        """Set a PIN as the member himself asks; the wrong old one counts as a wrong PIN.

        :return: why not, as a message, so that a wrong PIN stays counted; False when it is set
        :raises UserError: see ``_club_set_pin``
        """
        self.ensure_one()
        if clean(pin) != clean(again):
            return self.env._("The two new PINs differ. Type the same one twice.")
        if self.has_pin:
            right, left = self._club_check_pin(old)
            if not right:
                return (
                    self.env._("The PIN until now is wrong. %s tries are left.", left)
                    if left
                    else self.env._("The PIN is locked after five wrong tries. Ask the office to unlock it.")
                )
        self._club_set_pin(pin)
        return False

    def _club_check_pin(self, pin):
        """(whether ``pin`` is right, tries that are left). Counts wrong ones; a right one forgets them."""
        self.ensure_one()
        Attempt = self.env["loyalty.club.attempt"]
        pin_hash = self.sudo().pin_hash  # compared here and never handed out
        allowed, count, _wait = Attempt._club_take(self._club_pin_key(), TRIES)
        if allowed and pin_hash and self.env["res.users"]._crypt_context().verify(clean(pin), pin_hash):
            Attempt._club_forget(self._club_pin_key())
            return True, TRIES
        return False, max(0, TRIES - count)

    def action_club_unlock_pin(self):
        """Let the member try his PIN again."""
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers unlock a PIN."))
        self.check_access("write")
        for member in self:
            self.env["loyalty.club.attempt"].sudo()._club_forget(member._club_pin_key())
            member.message_post(body=self.env._("The PIN was unlocked."))

    def action_club_remove_pin(self):
        """Take the PIN away; the member sets a new one himself."""
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers remove a PIN."))
        self.check_access("write")
        self.sudo().pin_hash = False  # nobody but this file writes it
        for member in self:
            self.env["loyalty.club.attempt"].sudo()._club_forget(member._club_pin_key())
            member.message_post(body=self.env._("The PIN was removed."))


class LoyaltyClubProof(models.Model):
    _inherit = "loyalty.club.proof"

    @api.model
    def _club_confirm_pin(self, member, value, amount, order_key, pin, *, branch=None, till=None):
        """Check the PIN that the customer types; as ``_club_confirm`` of a code.

        :return: dict: ``status`` (confirmed, wrong, failed, no_pin), ``message``, ``left``, ``key`` when confirmed
        """
        answer = {"left": 0, "key": False}
        if not member.has_pin:
            message = self.env._("This member has no PIN. It is set in the portal, or at the till after a code.")
            return {**answer, "status": "no_pin", "message": message}
        right, left = member._club_check_pin(pin)
        if not right:
            message = (
                self.env._("Wrong PIN. %s tries are left.", left)
                if left
                else self.env._("The PIN is locked after five wrong tries. Use a code, or ask the office to unlock it.")
            )
            return {**answer, "status": "wrong" if left else "failed", "message": message, "left": left}
        proof = self.sudo().create(  # nobody writes proofs but these files
            {
                "uuid": uuid4().hex,
                "club_id": member.club_id.id,
                "member_id": member.id,
                "value": value,
                "amount": float(to_amount(amount, 3)),
                "order_key": order_key,
                "channel": "pin",
                "expires_at": fields.Datetime.now() + timedelta(minutes=PROVED_MINUTES),
                "branch_id": branch.id if branch else False,
                "till": till or False,
            }
        )
        return proof._club_confirmed()
