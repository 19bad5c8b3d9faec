"""Proof of a mobile: who joins shows with a one-time code that the number is his. Codes and limits as for spending."""

from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.one_time import mask, new_code
from ..tools.phone import format_national
from .club_proof import CODE_MINUTES


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    confirm_mobile = fields.Boolean(
        string="Confirm the mobile with a code on joining",
        tracking=True,
        help="Who joins on the web types a code that is sent to his number. At the till the cashier can send one too.",
    )

    def _club_confirms_mobile(self):
        """Whether people who join are asked for a code, and one can be sent."""
        self.ensure_one()
        return self.confirm_mobile and self.env["loyalty.club.messenger"]._club_can_send()


class LoyaltyClubProof(models.Model):
    _inherit = "loyalty.club.proof"

    # nobody is a member yet while he joins
    member_id = fields.Many2one(required=False)
    value = fields.Selection(selection_add=[("mobile", "Mobile number")], ondelete={"mobile": "cascade"})

    _member_known = models.Constraint(
        "CHECK (member_id IS NOT NULL OR (value = 'mobile' AND number IS NOT NULL))",
        "Only a code for a mobile number goes without a member.",
    )

    @api.model
    def _club_request_mobile(self, club, mobile, *, branch=None, till=None, address=None):
        """Send a code to a number that somebody wants to join ``club`` with.

        :param mobile: as typed; the other arguments and the answer are those of ``_club_request``
        :raises UserError: it is no mobile number
        """
        number = self.env["loyalty.club.member"]._club_read_mobile(club, mobile)
        sent_to = mask(format_national(number, club.country_id.code))
        status, wait = self._club_send_new(
            number, number, till, address, lambda: self._club_new_mobile(club, number, sent_to, branch, till)
        )
        message = {
            "no_channel": self.env._("No codes can be sent from here."),
            "limited": self.env._("A code was sent already. A new one can be asked for in %s seconds.", wait),
            "not_sent": self.env._("The code could not be sent. Try again in a minute."),
            "sent": self.env._("A code was sent to %s.", sent_to),
        }[status]
        return {"status": status, "message": message, "sent_to": sent_to, "wait": wait}

    @api.model
    def _club_new_mobile(self, club, number, sent_to, branch=None, till=None):
        """(proof, code) for a number; older codes for it are worth nothing from now on."""
        Proof = self.sudo()  # nobody writes proofs but these files
        key = self._club_mobile_key(club, number)
        Proof.search([("order_key", "=", key), ("state", "=", "sent")]).state = "replaced"
        uuid, code = uuid4().hex, new_code()
        proof = Proof.create(
            {
                "uuid": uuid,
                "club_id": club.id,
                "value": "mobile",
                "amount": 0.0,
                "order_key": key,
                "channel": "sms",
                "number": number,
                "code_hash": self._club_hash(uuid, code),
                "sent_to": sent_to,
                "expires_at": fields.Datetime.now() + timedelta(minutes=CODE_MINUTES),
                "branch_id": branch.id if branch else False,
                "till": till or False,
            }
        )
        return proof, code

    @api.model
    def _club_mobile_key(self, club, number):
        return f"mobile:{club.id}:{number}"

    @api.model
    def _club_confirm_mobile(self, club, mobile, code):
        """Check the code that was sent to ``mobile``; the answer is that of ``_club_confirm``."""
        number = self.env["loyalty.club.member"]._club_read_mobile(club, mobile)
        return self._club_confirm(self._club_mobile_key(club, number), str(code or ""))

    @api.model
    def _club_mobile_proof(self, club, number, key):
        """The confirmed proof with this key, when it is for this number of this club; else empty."""
        proof = self._club_find(key)
        good = proof and proof.value == "mobile" and proof.club_id == club and proof.number == number
        return proof if good else self.browse()

    def _club_text(self, code):
        self.ensure_one()
        if self.value != "mobile":
            return super()._club_text(code)
        text = self.env._(
            "%(code)s is your code to join %(club)s. Good for %(minutes)s minutes.",
            code=code,
            club=self.club_id.name,
            minutes=CODE_MINUTES,
        )
        values = {"code": code, "minutes": CODE_MINUTES}
        return self.env["loyalty.club.messenger"]._club_text(
            "code_mobile", self.member_id, values, text, club=self.club_id
        )

    def _club_confirmed(self):
        answer = super()._club_confirmed()
        if self.channel == "sms" and self.member_id:
            self.member_id._club_mobile_shown(self.number)
        return answer


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    mobile_confirmed_at = fields.Datetime(
        readonly=True, copy=False, help="When the member showed with a one-time code that the number is his."
    )
    mobile_confirmed_number = fields.Char(readonly=True, copy=False)
    mobile_confirmed = fields.Boolean(
        string="Mobile confirmed",
        compute="_compute_mobile_confirmed",
        help="He showed with a one-time code that this number is his.",
    )

    @api.depends("mobile", "mobile_confirmed_number")
    def _compute_mobile_confirmed(self):
        for member in self:
            member.mobile_confirmed = bool(member.mobile) and member.mobile == member.mobile_confirmed_number

    def _club_mobile_shown(self, number):
        """A code that was sent to ``number`` was right."""
        self.ensure_one()
        if number and number == self.mobile and not self.mobile_confirmed:
            # a member proves it of himself, at a till or on the web
            self.sudo().write(
                {"mobile_confirmed_at": fields.Datetime.now(), "mobile_confirmed_number": number},
            )

    @api.model
    def _club_enrol(self, club, mobile=None, name=None, partner=None, mobile_key=None, **values):
        """See above; and the mobile that he confirmed.

        :param mobile_key: what ``_club_confirm_mobile`` gave for the right code
        :raises UserError: the confirmation is over, or it is for another number
        """
        proof = self.env["loyalty.club.proof"]
        if mobile_key:
            proof = proof._club_mobile_proof(club, self._club_read_mobile(club, mobile), mobile_key)
            if not proof:
                raise UserError(self.env._("The confirmation of the mobile is over. Ask for a new code."))
        member, created = super()._club_enrol(club, mobile=mobile, name=name, partner=partner, **values)
        if proof:
            member._club_mobile_shown(proof.number)
            proof.write({"state": "used", "member_id": member.id})  # found as superuser: good for one joining
        return member, created
