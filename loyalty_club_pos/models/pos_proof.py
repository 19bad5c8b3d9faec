"""Proof at the till: the calls of the proof dialog, and the check of rewards before they are booked."""

from odoo import fields, models
from odoo.addons.loyalty_club.models.club_proof import SPENT_KINDS
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError
from odoo.http import request


def order_key(uuid):
    return f"pos.order:{uuid}"


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_till_data(self):
        data = super()._club_till_data()
        if data:
            club = self.sudo().club_id  # cashiers read the club they serve
            data["proof"] = {"points": club.proof_points, "credit": club.proof_credit}
        return data

    def club_proof_look(self, partner_id, program_id, amount, order_uuid):
        """Whether a customer has to prove himself for this spending, and how he can. Called by the till.

        :param amount: what he wants to spend of the program
        :return: dict: ``needed``, ``name``, ``amount`` (as text), ``sent_to`` (masked number or False), ``has_pin``,
            ``pin_locked``
        """
        member, account, amount = self._club_proof_of(partner_id, program_id, amount)
        can_send = bool(member.mobile) and self.env["loyalty.club.messenger"]._club_can_send()
        return {
            "needed": bool(account) and account._club_needs_proof(amount),
            "name": member.name,
            "amount": account._club_format(float(amount)) if account else f"{amount:f}",
            "sent_to": can_send and self.env["loyalty.club.proof"]._club_masked(member),
            "has_pin": member.has_pin,
            "pin_locked": member.pin_locked,
        }

    def club_proof_send(self, partner_id, program_id, amount, order_uuid):
        """Send the customer a code; see ``loyalty.club.proof._club_request``. Called by the till."""
        member, account, amount = self._club_proof_of(partner_id, program_id, amount)
        return self.env["loyalty.club.proof"]._club_request(
            member,
            SPENT_KINDS[account.kind],
            amount,
            order_key(order_uuid),
            branch=self.sudo().club_branch_id,  # the till's own branch
            till=self.name,
            address=request.httprequest.remote_addr if request else None,
        )

    def club_proof_confirm(self, partner_id, order_uuid, code):
        """Check a code; see ``loyalty.club.proof._club_confirm``. Called by the till."""
        member = self._club_proof_member(partner_id)
        return self.env["loyalty.club.proof"]._club_confirm(order_key(order_uuid), str(code or ""), member)

    def club_proof_pin(self, partner_id, program_id, amount, order_uuid, pin):
        """Check the customer's PIN; see ``loyalty.club.proof._club_confirm_pin``. Called by the till."""
        member, account, amount = self._club_proof_of(partner_id, program_id, amount)
        return self.env["loyalty.club.proof"]._club_confirm_pin(
            member,
            SPENT_KINDS[account.kind],
            amount,
            order_key(order_uuid),
            str(pin or ""),
            branch=self.sudo().club_branch_id,  # the till's own branch
            till=self.name,
        )

    def _club_proof_member(self, partner_id):
        club = self._club_served()
        partner = self._club_partner(partner_id)
        # cashiers see members through the till's own calls only
        member = self.env["loyalty.club.member"].sudo()._club_of_partner(club, partner) if partner else None
        if not member:
            raise UserError(self.env._("The customer is not a member of the club."))
        return member

    def _club_proof_of(self, partner_id, program_id, amount):
        """(member, account or empty, amount as Decimal) of what a till says."""
        member = self._club_proof_member(partner_id)
        account = member.account_ids.filtered(lambda account: account.program_id.id == program_id)[:1]
        try:
            amount = to_amount(amount, 3)
        except ValueError:
            raise UserError(self.env._("“%s” is no amount.", amount))
        if not account or account.kind not in SPENT_KINDS or amount <= 0:
            raise UserError(self.env._("%s has nothing of this to spend.", member.display_name))
        return member, account, amount


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_proof = fields.Char(
        string="Key of the proof",
        copy=False,
        help="What the till got for the member's code or PIN; good for this order once.",
    )

    def _club_post_spending(self, member, program, account, cost, available, rewards, branch):
        """Before points are spent: above the club's limit the member has to have proved himself.

        :raises UserError: he has not, and the order can still be refused
        """
        key = f"pos.order:{self.uuid}:redeem:{program.id}"
        missing = account._club_proof_missing(cost, key, self.club_proof, order_key(self.uuid))
        if missing and not self.club_offline:
            raise UserError(missing)
        result = super()._club_post_spending(member, program, account, cost, available, rewards, branch)
        entry = self.env["loyalty.club.entry"].sudo().search([("key", "=", key)])  # the one that was just posted
        if missing:
            self._club_note("unproved", member.club_id, missing, member_id=member.id, amount=float(cost))
        else:
            self.env["loyalty.club.proof"]._club_find(self.club_proof)._club_use(entry)
        return result
