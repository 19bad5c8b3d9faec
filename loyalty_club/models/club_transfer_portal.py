"""What a customer sees and does in the portal: card, lots, movements, and transfers; names of others stay masked."""

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..rules.transfers import fee_of
from ..tools.amount import to_amount
from ..tools.phone import to_e164

#: Movements of each balance that a customer sees, the last ones.
MOVEMENTS = 20


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    def _club_portal_card(self):
        """The card that the customer shows on his phone; empty when he has none that works."""
        self.ensure_one()
        return self.card_ids.filtered(lambda card: card.state == "active").sorted("id")[-1:]

    def _club_portal_sheets(self):
        """{member id: [{account, lots, movements}]} with the open lots, the first to die first, and the last movements,
        the newest first."""
        accounts = self.account_ids.filtered(lambda account: account.program_id.active)
        lots = self.env["loyalty.club.lot"].search([("account_id", "in", accounts.ids), ("remaining", ">", 0)])
        by_account = lots.grouped("account_id")
        none = self.env["loyalty.club.lot"]
        Posting = self.env["loyalty.club.posting"]
        return {
            member.id: [
                {
                    "account": account,
                    "lots": by_account.get(account, none),
                    "movements": Posting.search([("account_id", "=", account.id)], order="seq DESC", limit=MOVEMENTS),
                }
                for account in accounts
                if account.member_id == member
            ]
            for member in self
        }

    def _club_find_receiver(self, text):
        """The active member of this one's club with that number or mobile, as typed.

        :raises UserError: nobody, or himself; the same words whoever he looked for
        """
        self.ensure_one()
        text = (text or "").strip()
        number = to_e164(text, self.club_id.country_id.code)
        domain = [("club_id", "=", self.club_id.id), ("state", "=", "active"), ("id", "!=", self.id)]
        domain += ["|", ("number", "=", text.upper()), ("mobile", "=", number or "-")]
        found = self.sudo().search(domain, limit=2) if text else self.browse()  # one member looks for another one
        if len(found) != 1:
            raise UserError(
                self.env._("No other member has this number. Type the membership number or the whole mobile number.")
            )
        return found

    def _club_portal_draft(self, receiver, value, amount, reason):
        """A transfer to confirm; older ones that were never confirmed go."""
        self.ensure_one()
        Transfer = self.env["loyalty.club.transfer"].sudo()  # customers have no rights on transfers but through here
        if value not in self._club_transfer_programs().mapped("club_kind"):
            raise UserError(self.env._("The club does not allow transfers of this kind."))
        if amount <= 0:
            raise UserError(self.env._("Enter an amount above zero."))
        old = [("from_member_id", "=", self.id), ("state", "=", "draft"), ("channel", "=", "portal")]
        Transfer.search(old).unlink()
        return Transfer.create(
            {
                "from_member_id": self.id,
                "to_member_id": receiver.id,
                "value": value,
                "amount": float(amount),
                "reason": reason,
                "channel": "portal",
            }
        )


class LoyaltyClubTransfer(models.Model):
    _inherit = "loyalty.club.transfer"

    def _club_portal_values(self):
        """What the page of confirmation shows of a transfer."""
        program = self.club_id._club_program(self.value)
        account = self.from_member_id._club_account(program)
        amount = to_amount(self.amount, program._club_decimals())
        fee = fee_of(program._club_transfer_limits(), amount) if self.state == "draft" else Decimal(str(self.fee))
        return {
            "receiver": f"{self.to_member_id._club_masked_name()} ({self.to_member_id.number})",
            "amount": account._club_format(float(amount)),
            "fee": account._club_format(float(fee)) if fee else False,
            "left": account._club_format(account.available - (float(amount + fee) if self.state == "draft" else 0)),
        }

    def _club_with_fee(self):
        """What the sender spends with this transfer, as Decimal."""
        program = self.club_id._club_program(self.value)
        amount = to_amount(self.amount, program._club_decimals())
        return amount + fee_of(program._club_transfer_limits(), amount)

    def _club_needs_proof(self):
        """Whether the sender has to confirm with a code."""
        account = self.from_member_id._club_account(self.club_id._club_program(self.value))
        return account._club_needs_proof(self._club_with_fee())

    def _club_portal_code(self, address):
        """Send the sender a code; what the page says."""
        sent = self.env["loyalty.club.proof"]._club_request(
            self.from_member_id, self.value, self._club_with_fee(), f"transfer:{self.id}", address=address
        )
        return {"message" if sent["status"] == "sent" else "error": sent["message"]}

    def _club_make_with_code(self, code=None):
        """Make the transfer, with the code that the sender typed when one is needed."""
        key = None
        if code:
            confirmed = self.env["loyalty.club.proof"]._club_confirm(f"transfer:{self.id}", code, self.from_member_id)
            if confirmed["status"] != "confirmed":
                raise UserError(confirmed["message"])
            key = confirmed["key"]
        self._club_make(proof=key)
