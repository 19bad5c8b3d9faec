"""Buying on credit at the till: core's customer account, up to the member's limit."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LoyaltyClubCustomerAccount(models.Model):
    _inherit = "loyalty.club.customer.account"

    @api.model
    def _club_parts(self):
        """What was put on account at tills whose session is not in the accounts yet."""
        return super()._club_parts() + [
            SQL(
                """SELECT c.commercial_partner_id, o.company_id, p.amount / COALESCE(NULLIF(o.currency_rate, 0), 1)
                     FROM pos_session s
                     JOIN pos_order o ON o.session_id = s.id
                     JOIN pos_payment p ON p.pos_order_id = o.id
                     JOIN pos_payment_method w ON w.id = p.payment_method_id AND w.journal_id IS NULL
                     JOIN res_partner c ON c.id = o.partner_id
                    WHERE s.state <> 'closed' AND o.state IN ('paid', 'done') AND o.account_move IS NULL"""
            )
        ]


class PosOrder(models.Model):
    _inherit = "pos.order"

    def _club_check_account(self):
        """Refuse what a member puts on account beyond his limit; what was paid without network is noted.

        :raises UserError: it is too much, and the order can still be refused
        """
        self.ensure_one()
        amount = sum(
            self.payment_ids.filtered(lambda payment: payment.payment_method_id.type == "pay_later").mapped("amount")
        )
        club = self.config_id.sudo().club_id  # cashiers don't read the settings that their sales obey
        if not self.partner_id or amount <= 0 or not club.account_limits:
            return
        member = self.env["loyalty.club.member"].sudo()._club_of_partner(club, self.partner_id)  # as above
        # this order is saved as paid, so what it puts on account is in the sum already
        message = member and member._club_account_refusal(self.company_id)
        if message and not self.club_offline:
            raise UserError(message)
        if message:
            self._club_note("over_limit", club, message, member_id=member.id, amount=amount)


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_with_records(self, answer):
        """What the members found owe, for the till's badge."""
        result = super()._club_with_records(answer)
        club = self.sudo().club_id  # as for the sheets
        if club.account_limits:
            found = [sheet["member_id"] for sheet in result["members"] if sheet["member_id"]]
            members = self.env["loyalty.club.member"].sudo().browse(found)
            used = members._club_account_used(self.company_id)
            for sheet in result["members"]:
                if sheet["member_id"] in used:
                    member = members.browse(sheet["member_id"])
                    sheet["on_account"] = {
                        "limit": member._club_account_limit(self.company_id),
                        "used": float(used[member.id]),
                    }
        return result
