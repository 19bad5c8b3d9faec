"""The payment provider that takes credit and cards of a club online, one for each kind of value and company."""

from odoo import api, fields, models
from odoo.addons.payment import utils as payment_utils
from odoo.tools import float_compare

CODE = "loyalty_club"


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    code = fields.Selection(selection_add=[(CODE, "Customer club")], ondelete={CODE: "set default"})
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        required_if_provider=CODE,
        help="The club whose balances pay.",
    )
    club_kind = fields.Selection(
        selection=[("credit", "Credit"), ("gift", "Gift cards"), ("prepaid", "Prepaid cards")],
        string="Pays with",
        copy=False,
        required_if_provider=CODE,
    )

    def _compute_feature_support_fields(self):
        result = super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider.code == CODE).support_refund = "partial"
        return result

    def _get_default_payment_method_codes(self):
        self.ensure_one()
        if self.code != CODE:
            return super()._get_default_payment_method_codes()
        return {f"loyalty_club_{self.club_kind}"}

    @api.model
    def _get_compatible_providers(self, company_id, partner_id, amount, currency_id=None, report=None, **kwargs):
        """Leave out the club's providers that could not pay here anyway."""
        providers = super()._get_compatible_providers(
            company_id, partner_id, amount, currency_id=currency_id, report=report, **kwargs
        )
        ours = providers.filtered(lambda provider: provider.code == CODE)
        if not ours:
            return providers
        useless = ours.filtered(lambda provider: not provider._club_can_pay(amount, currency_id, **kwargs))
        payment_utils.add_to_report(report, useless, available=False, reason=self.env._("no balance in this currency"))
        return providers - useless

    def _club_can_pay(self, amount, currency_id, is_validation=False, **kwargs):
        """Whether the visitor could pay with this: in the club's currency, and with credit only his own."""
        self.ensure_one()
        currency = self.club_id.currency_id
        if is_validation or currency.id != currency_id or float_compare(amount or 0, 0, 6) <= 0:
            return False
        if self.club_kind != "credit":
            return bool(self.club_id._club_program(self.club_kind))
        account = self._club_own_account()
        return bool(account) and account.available > 0

    def _club_own_account(self):
        """The credit account of whoever is logged in; empty for visitors and for those who are no members."""
        self.ensure_one()
        accounts = self.env["loyalty.club.account"].sudo()  # his own
        program = self.club_id.sudo().credit_program_id
        user = self.env.user
        if user._is_public() or not program:
            return accounts
        partners = user.partner_id | user.partner_id.commercial_partner_id
        member = self.env["loyalty.club.member"].sudo()._club_of_partners(self.club_id, partners)
        return accounts._club_for_member(member, program, create=False) if member else accounts

    @api.model
    def _club_form_values(self, provider_id, amount):
        """What the payment form shows: the kind, and of credit what there is and what of ``amount`` it pays."""
        provider = self.sudo().browse(provider_id)  # the visitor's own balance on his payment page
        account = provider._club_own_account() if provider.club_kind == "credit" else None
        available = account.available if account else 0.0
        return {
            "kind": provider.club_kind,
            "currency": provider.club_id.currency_id,
            "available": available,
            "pays": min(available, amount or 0.0),
            "enough": float_compare(available, amount or 0.0, 6) >= 0,
        }


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def action_club_offer_online(self):
        """Let members pay orders and invoices in the portal with what they have, in every company with books for it."""
        self.ensure_one()
        self.check_access("write")
        made = self._club_offer_online()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if made else "warning",
                "message": self.env._("Ready: %s", ", ".join(made.mapped("name")))
                if made
                else self.env._("Set up the books of credit and cards first; online payments need their journals."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _club_offer_online(self):
        """The providers of this club, made and switched on where its books are ready."""
        self.ensure_one()
        Provider = self.env["payment.provider"].sudo()  # a club manager need not manage other providers
        Provider._setup_payment_method(CODE)
        providers = Provider.browse()
        for kind, name in (
            ("credit", self.env._("Credit of %s", self.name)),
            ("gift", self.env._("Gift card of %s", self.name)),
            ("prepaid", self.env._("Prepaid card of %s", self.name)),
        ):
            for company in self.company_ids or self.company_id:
                book = self.sudo()._club_book(kind, company)  # whoever offers it need not see the books
                if book:
                    providers |= self._club_provider(kind, name, book)
        return providers

    def _club_provider(self, kind, name, book):
        Provider = self.env["payment.provider"].sudo()
        company, journal = book.company_id, book.payment_journal_id
        same = [("club_id", "=", self.id), ("club_kind", "=", kind), ("company_id", "=", company.id)]
        provider = Provider.search(same)
        if not provider:
            provider = Provider.create(
                {
                    "name": name,
                    "code": CODE,
                    "club_id": self.id,
                    "club_kind": kind,
                    "company_id": company.id,
                    "module_id": self.env.ref("base.module_loyalty_club_sale").id,
                    "inline_form_view_id": self.env.ref("loyalty_club_sale.inline_form").id,
                    "payment_method_ids": [(6, 0, self.env.ref(f"loyalty_club_sale.payment_method_{kind}").ids)],
                }
            )
        provider.write({"state": "enabled", "is_published": True})
        provider.payment_method_ids.active = True
        provider.journal_id = journal
        line = journal.inbound_payment_method_line_ids.filtered(lambda line: line.payment_provider_id == provider)
        line.payment_account_id = book.liability_account_id
        return provider
