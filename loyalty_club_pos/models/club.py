"""Clubs at the till: what the owner allows, and the payment methods of his tills."""

from odoo import fields, models
from odoo.exceptions import UserError

from .pos_payment_method import TERMINAL


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    offline_credit = fields.Float(
        string="Paying with credit without network, per order",
        tracking=True,
        help="How much credit a member may pay with at a till that has lost its network. What is not covered becomes "
        "a debt. Gift and prepaid cards never pay without network. 0 switches it off.",
    )
    refund_to_credit = fields.Boolean(
        string="Refunds may become credit",
        tracking=True,
        help="Cashiers may give credit in place of money for returned goods. Otherwise only what was paid with credit "
        "goes back to it, and more needs a manager of the club.",
    )

    _offline_credit_positive = models.Constraint("CHECK (offline_credit >= 0)", "The credit must not be negative.")

    def _club_limits(self):
        return super()._club_limits() | {"offline_credit": False}

    def action_club_make_payment_methods(self):
        """Make the methods with which the club's credit and cards pay, and add them to its tills."""
        self.ensure_one()
        self.check_access("write")
        added = waiting = self.env["pos.config"]
        for company, tills in self._club_tills().grouped("company_id").items():
            methods = self.env["pos.payment.method"].union(
                *(
                    self._club_payment_method(kind, company)
                    for kind in ("credit", "gift", "prepaid")
                    if self._club_program(kind)
                )
            )
            for till in tills:
                missing = methods - till.payment_method_ids
                if missing and till.has_active_session:
                    waiting |= till
                elif missing:
                    till.payment_method_ids |= missing
                    added |= till
        self._club_sell_at_tills()
        return self._club_methods_notice(added, waiting)

    def _club_sell_at_tills(self):
        """Let tills have the goods that sell the club's value, and one gift card instead of two.

        Odoo brings a sample program with a product “Gift Card”. When nobody ever used it, it goes: cashiers would not
        know which of the two cards to sell, and the sample's has no place in the club's books.
        """
        self.ensure_one()
        for kind in ("credit", "gift", "prepaid"):
            goods = self._club_program(kind).trigger_product_ids.sudo()  # a manager of the club sells what it makes
            if goods and not any(goods.mapped("available_in_pos")):
                goods.available_in_pos = True
        if self.gift_program_id:
            self._club_retire_sample()

    def _club_retire_sample(self):
        # nobody's data: the sample that came with the installation, as long as no card was made of it
        sample = self.env.ref("loyalty.gift_card_program", raise_if_not_found=False)
        sample = sample and sample.sudo()
        if (
            not sample
            or sample.club_id
            or not sample.active
            or sample.company_id not in (self.company_id, self.env["res.company"])
        ):
            return
        if not sample.coupon_ids.with_context(active_test=False).search_count(
            [("program_id", "=", sample.id)], limit=1
        ):
            goods = sample.trigger_product_ids
            sample.action_archive()
            goods.available_in_pos = False

    def _club_tills(self):
        tills = self.env["pos.config"].search([("club_id", "=", self.id)])
        if not tills:
            raise UserError(self.env._("No till serves the club %s yet. Set the club in a till's settings.", self.name))
        return tills

    def _club_payment_method(self, kind, company):
        """The club's payment method of a kind of value in a company, made when there is none."""
        Method = self.env["pos.payment.method"].with_company(company)
        book = self._club_book(kind, company) or self.env["loyalty.club.book"]._club_set_up(self, kind, company)
        account = book.liability_account_id
        found = Method.search(
            [
                ("club_kind", "=", kind),
                ("company_id", "=", company.id),
                ("outstanding_account_id", "=", account.id),
            ],
            limit=1,
        )
        if found:
            return found
        made = Method.create(
            {
                "name": self._club_program(kind).name,
                "club_kind": kind,
                "payment_method_type": "terminal",
                "use_payment_terminal": TERMINAL,
                "company_id": company.id,
                "journal_id": book.payment_journal_id.id,
                "outstanding_account_id": account.id,
            }
        )
        self._club_name_in_languages(made, lambda club: club._club_program(kind).name)
        return made

    def _club_methods_notice(self, added, waiting):
        text = (
            self.env._(
                "Close the register of %s first, then press the button again.", ", ".join(waiting.mapped("name"))
            )
            if waiting
            else self.env._("Added to %s.", ", ".join(added.mapped("name")))
            if added
            else self.env._("All tills of the club have them already.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Payment methods of the club"),
                "message": text,
                "type": "warning" if waiting else "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
