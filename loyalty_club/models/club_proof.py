"""Proof for spending: a one-time code or a PIN, bound to one member, one document and one amount."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

from ..rules.proof import covers
from ..tools.amount import to_amount
from ..tools.one_time import clean, mask, new_code

#: A code is good for ten minutes; who has shown it has fifteen to finish his purchase.
CODE_MINUTES = 10
PROVED_MINUTES = 15
TRIES = 5
#: (seconds of the window, requests that are allowed in it), per member and phone, and per till and address.
ONE_AT_A_TIME = (60, 1)
PER_PERSON = (3600, 5)
PER_PLACE = (3600, 60)
SPENT_KINDS = {"points": "points", "credit": "credit", "prepaid": "credit", "gift": "credit"}


class LoyaltyClubProof(models.Model):
    _name = "loyalty.club.proof"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Proof for Spending"
    _order = "id desc"
    _rec_name = "member_id"

    uuid = fields.Char(required=True, readonly=True, copy=False, groups="base.group_system")
    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, readonly=True, index=True, ondelete="cascade")
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member", required=True, readonly=True, index=True, ondelete="cascade"
    )
    value = fields.Selection(selection=[("points", "Points"), ("credit", "Credit")], required=True, readonly=True)
    amount = fields.Float(digits=(16, 3), required=True, readonly=True, help="What may be spent with it at most.")
    order_key = fields.Char(string="For", required=True, readonly=True, index=True)
    channel = fields.Selection(selection=[("sms", "Code by SMS"), ("pin", "PIN")], required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("sent", "Sent"),
            ("confirmed", "Confirmed"),
            ("used", "Used"),
            ("failed", "Too many wrong codes"),
            ("replaced", "Replaced by a newer one"),
        ],
        required=True,
        readonly=True,
        default="sent",
    )
    code_hash = fields.Char(readonly=True, copy=False, groups="base.group_system")
    token_hash = fields.Char(readonly=True, copy=False, groups="base.group_system", index="btree_not_null")
    tries = fields.Integer(readonly=True, string="Wrong codes")
    number = fields.Char(readonly=True, groups="base.group_system", help="Where the code went, E.164.")
    sent_to = fields.Char(readonly=True, help="The number with its middle hidden.")
    expires_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, default=lambda self: self.env.user)
    branch_id = fields.Many2one(comodel_name="loyalty.club.branch", readonly=True)
    till = fields.Char(readonly=True)
    hold_ids = fields.One2many(comodel_name="loyalty.club.hold", inverse_name="proof_id", readonly=True)
    entry_id = fields.Many2one(
        comodel_name="loyalty.club.entry", readonly=True, index="btree_not_null", ondelete="restrict"
    )

    # -- asking --------------------------------------------------------------------------------------------------------

    @api.model
    def _club_request(self, member, value, amount, order_key, *, branch=None, till=None, address=None):
        """Send ``member`` a code with which to spend ``amount`` of ``value`` on one document.

        :param value: ``points`` or ``credit``
        :param amount: Decimal above zero; :param order_key: names the document, e.g. ``pos.order:<uuid>``
        :param branch: ``loyalty.club.branch`` where it is spent, or None
        :param till: name of the till, or None; :param address: of the browser, or None
        :return: dict: ``status`` (sent, limited, no_phone, no_channel), ``message`` (translated), ``sent_to``,
            ``wait`` (seconds until a new code may be asked for)
        """
        answer = {"sent_to": self._club_masked(member), "wait": 0}
        if not member.mobile:
            message = self.env._("%s has no mobile number. Write it down on the member first.", member.display_name)
            return {**answer, "status": "no_phone", "message": message}
        status, wait = self._club_send_new(
            member.mobile,
            member.id,
            till,
            address,
            lambda: self._club_new(member, value, amount, order_key, branch=branch, till=till),
        )
        message = {
            "no_channel": self.env._("No codes can be sent from here. Ask for the member's PIN, or spend less."),
            "limited": self.env._("A code was sent already. A new one can be asked for in %s seconds.", wait),
            "not_sent": self.env._("The code could not be sent. Ask for the member's PIN, or spend less."),
            "sent": self.env._("A code was sent to %s.", answer["sent_to"]),
        }[status]
        status = "no_channel" if status == "not_sent" else status
        return {**answer, "status": status, "message": message, "wait": wait}

    @api.model
    def _club_send_new(self, number, who, till, address, make):
        """Make a code and send it, where it may be asked for.

        :param number: E.164; :param who: names the person in the count of requests
        :param make: makes the proof, gives (proof, code)
        :return: (``sent``, ``limited``, ``not_sent`` or ``no_channel``, seconds until a new code may be asked for)
        """
        Messenger = self.env["loyalty.club.messenger"]
        if not Messenger._club_can_send():
            return "no_channel", 0
        wait = self._club_wait(number, who, till, address)
        if wait:
            return "limited", wait
        proof, code = make()
        if not Messenger._club_send_code(number, proof._club_text(code)):
            proof.state = "replaced"
            return "not_sent", 0
        return "sent", ONE_AT_A_TIME[0]

    def _club_masked(self, member):
        return mask(member.mobile_display or "")

    @api.model
    def _club_wait(self, number, who, till, address):
        """Count a request; seconds to wait when there were too many for this person, phone, till or address."""
        limits = [
            (f"proof:now:{who}", ONE_AT_A_TIME),
            (f"proof:member:{who}", PER_PERSON),
            (f"proof:phone:{number}", PER_PERSON),
            (till and f"proof:till:{till}", PER_PLACE),
            (address and f"proof:address:{address}", PER_PLACE),
        ]
        for key, (seconds, most) in limits:
            allowed, _count, wait = self._take(key, most, seconds) if key else (True, 0, 0)
            if not allowed:
                return max(1, wait)
        return 0

    def _take(self, key, most, seconds=None):
        return self.env["loyalty.club.attempt"]._club_take(key, most, seconds)

    @api.model
    def _club_new(self, member, value, amount, order_key, *, branch=None, till=None):
        """(proof, code); a member has one code at a time, so older ones are worth nothing from now on."""
        amount = to_amount(amount, 3)
        if amount <= 0:
            raise UserError(self.env._("Only an amount above zero needs a code."))
        if value not in SPENT_KINDS.values():
            raise UserError(self.env._("Only points and credit need a code."))
        Proof = self.sudo()  # nobody writes proofs but this file; the callers have checked who asks
        Proof.search([("member_id", "=", member.id), ("state", "=", "sent")]).state = "replaced"
        uuid, code = uuid4().hex, new_code()
        proof = Proof.create(
            {
                "uuid": uuid,
                "club_id": member.club_id.id,
                "member_id": member.id,
                "value": value,
                "amount": float(amount),
                "order_key": order_key,
                "channel": "sms",
                "code_hash": self._club_hash(uuid, code),
                "number": member.mobile,
                "sent_to": self._club_masked(member),
                "expires_at": fields.Datetime.now() + timedelta(minutes=CODE_MINUTES),
                "branch_id": branch.id if branch else False,
                "till": till or False,
            }
        )
        return proof, code

    def _club_hash(self, uuid, text):
        """A keyed hash: without the database's secret, six digits can't be found again by trying them all."""
        return hmac(self.env(su=True), "loyalty_club_proof", f"{uuid}:{text}")

    def _club_text(self, code):
        self.ensure_one()
        member = self.member_id
        proof = self.with_context(lang=member.partner_id.lang or self.env.lang)
        text = proof.env._(
            "%(code)s is your code to spend %(amount)s at %(club)s. Good for %(minutes)s minutes. "
            "Tell it to nobody unless you are paying now.",
            code=code,
            amount=proof._club_amount_text(),
            club=proof.club_id.name,
            minutes=CODE_MINUTES,
        )
        spent = "spent" if self.value == "points" else "credit_spent"
        values = {"code": code, "minutes": CODE_MINUTES, spent: self.amount}
        return self.env["loyalty.club.messenger"]._club_text("code_spend", member, values, text)

    def _club_amount_text(self):
        self.ensure_one()
        program = self.club_id.sudo()._club_program(self.value)
        account = self.member_id._club_account(program, create=False) if program else False
        return account._club_format(self.amount) if account else f"{self.amount:g}"

    # -- showing -------------------------------------------------------------------------------------------------------

    @api.model
    def _club_confirm(self, order_key, code, member=None):
        """Check the code that the customer says.

        The answer is a value and no error, so that nothing undoes the count of wrong codes; the count itself is kept
        apart from this transaction (see ``loyalty.club.attempt``).

        :return: dict: ``status`` (confirmed, wrong, failed, expired), ``message``, ``left`` (tries), ``key`` or False
        """
        domain = [("order_key", "=", order_key), ("channel", "=", "sms"), ("state", "in", ("sent", "confirmed"))]
        domain += [("member_id", "=", member.id)] if member else []
        proof = self.sudo().search(domain, limit=1)  # the code itself is the right to see it
        if not proof or proof.expires_at <= fields.Datetime.now():
            message = self.env._("This code is no longer good. Ask for a new one.")
            return {"status": "expired", "message": message, "left": 0, "key": False}
        allowed, count, _wait = self._take(f"proof:tries:{proof.uuid}", TRIES)
        if allowed and consteq(proof.code_hash, self._club_hash(proof.uuid, clean(code))):
            return proof._club_confirmed()
        proof._club_note_wrong(min(count, TRIES))
        left = max(0, TRIES - count)
        message = (
            self.env._("Wrong code. %s tries are left.", left)
            if left
            else self.env._("Wrong code for the fifth time. Ask for a new one.")
        )
        return {"status": "wrong" if left else "failed", "message": message, "left": left, "key": False}

    def _club_note_wrong(self, count):
        """Show the wrong codes on the proof, apart from this transaction like their count."""
        self.flush_recordset()
        self.env["loyalty.club.attempt"]._club_apart(
            SQL(
                """UPDATE loyalty_club_proof SET tries = %(count)s,
                          state = CASE WHEN state = 'sent' AND %(count)s >= %(most)s THEN 'failed' ELSE state END
                    WHERE id = %(id)s AND COALESCE(tries, 0) < %(count)s""",
                count=count,
                most=TRIES,
                id=self.id,
            )
        )
        self.invalidate_recordset(["tries", "state"], flush=False)

    def _club_confirmed(self):
        """Make the proof good for spending; the same code said twice gives the same key."""
        self.ensure_one()
        key = self._club_hash(self.uuid, "confirmed")
        if self.state == "sent":
            self.write(
                {
                    "state": "confirmed",
                    "token_hash": self._club_hash("key", key),
                    "expires_at": fields.Datetime.now() + timedelta(minutes=PROVED_MINUTES),
                }
            )
        return {"status": "confirmed", "message": False, "left": TRIES, "key": key}

    # -- using ---------------------------------------------------------------------------------------------------------

    @api.model
    def _club_find(self, key):
        """The confirmed proof with this key; empty when there is none or its time is over."""
        if not key or not isinstance(key, str):
            return self.browse()
        return self.sudo().search(
            [
                ("token_hash", "=", self._club_hash("key", key)),
                ("state", "=", "confirmed"),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    def _club_good_for(self, account, amount, order_key):
        """Whether this proof lets ``account`` spend ``amount`` (Decimal) on the document ``order_key``."""
        return (
            bool(self)
            and self.member_id == account.member_id
            and self.value == SPENT_KINDS.get(account.kind)
            and self.order_key == order_key
            and covers(to_amount(self.amount, 3), self._club_used(), amount)
        )

    def _club_used(self):
        """What holds have used of it, released ones not counted; Decimal."""
        self.ensure_one()
        self.env["loyalty.club.hold"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(amount), 0)::text FROM loyalty_club_hold
                    WHERE proof_id = %s AND state IN ('held', 'captured')""",
                self.id,
            )
        )
        return Decimal(rows[0][0])

    def _club_use(self, entry):
        """Spent at once, without a hold: the proof is gone."""
        if self:
            self.sudo().write({"state": "used", "entry_id": entry.id})
