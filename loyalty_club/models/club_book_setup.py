"""Setting up a book: accounts and journals that fit the chart, and products that sell value without tax or income."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

#: Accounts that the books of a club in one company share: type and the field of the book.
SHARED = {
    "granted_account_id": "expense",
    "breakage_account_id": "income_other",
    "adjust_account_id": "expense",
    "fee_account_id": "income_other",
    "opening_account_id": "equity",
}
CODES = {"credit": "CRD", "gift": "GIFT", "prepaid": "PREP"}


class LoyaltyClubBook(models.Model):
    _inherit = "loyalty.club.book"

    product_problem = fields.Char(compute="_compute_product_problem")

    def action_club_set_up(self):
        """Make the accounts and journals that are missing, and prepare the products that sell this value."""
        for book in self:
            if not book.env["account.account"].has_access("create"):
                raise AccessError(
                    self.env._(
                        "Making accounts needs the rights of an accounting manager. Ask one to press this button."
                    )
                )
            book = book.with_company(book.company_id)
            book._club_make_accounts()
            book._club_make_journals()
            book._club_prepare_products()
        return True

    @api.model
    def _club_set_up(self, club, kind, company=None):
        """The ready book of a kind of value, made and set up when there is none."""
        company = company or club.company_id
        book = self.search([("club_id", "=", club.id), ("kind", "=", kind), ("company_id", "=", company.id)])
        book = book or self.create({"club_id": club.id, "kind": kind, "company_id": company.id})
        if not book.ready:
            book.action_club_set_up()
        return book

    def _club_make_accounts(self):
        self.ensure_one()
        names = self._club_account_names()
        values = {}
        siblings = self.search([("club_id", "=", self.club_id.id), ("company_id", "=", self.company_id.id)]) - self
        for name, account_type in SHARED.items():
            if not self[name]:
                account = siblings[name][:1] or self._club_make_account(names[name], account_type)
                values[name] = account.id
        if not self.liability_account_id:
            account = self._club_make_account(names["liability_account_id"][self.kind], "liability_current")
            values["liability_account_id"] = account.id
        self.write(values)

    def _club_account_names(self):
        club = self.club_id.name
        return {
            "liability_account_id": {
                "credit": self.env._("Customers' credit (%s)", club),
                "gift": self.env._("Gift cards in circulation (%s)", club),
                "prepaid": self.env._("Prepaid cards in circulation (%s)", club),
            },
            "granted_account_id": self.env._("Credit granted to customers (%s)", club),
            "breakage_account_id": self.env._("Expired customers' credit (%s)", club),
            "adjust_account_id": self.env._("Corrections of customers' credit (%s)", club),
            "fee_account_id": self.env._("Fees of the customer club (%s)", club),
            "opening_account_id": self.env._("Opening of customers' credit (%s)", club),
        }

    def _club_make_account(self, name, account_type):
        """A new account with a free code beside those of its type."""
        Account = self.env["account.account"]
        root = self.company_id.root_id
        last = Account.search(
            [*Account._check_company_domain(root), ("account_type", "=", account_type), ("code", "!=", False)],
            order="code desc",
            limit=1,
        )
        starts = {"liability_current": "230000", "expense": "640000", "income_other": "760000", "equity": "310000"}
        foreign = self.currency_id != self.company_id.currency_id and account_type == "liability_current"
        return Account.create(
            {
                "name": name,
                "code": Account.with_company(root)._search_new_account_code(last.code or starts[account_type]),
                "account_type": account_type,
                "reconcile": False,
                "currency_id": self.currency_id.id if foreign else False,
                "company_ids": [Command.set(root.ids)],
            }
        )

    def _club_make_journals(self):
        self.ensure_one()
        values = {}
        siblings = self.search([("club_id", "=", self.club_id.id), ("company_id", "=", self.company_id.id)]) - self
        if not self.journal_id:
            journal = siblings.journal_id[:1] or self._club_make_journal(
                name=self.club_id.name, type="general", code="CLUB", show_on_dashboard=False
            )
            values["journal_id"] = journal.id
        if not self.payment_journal_id:
            values["payment_journal_id"] = self._club_make_payment_journal().id
        self.write(values)

    def _club_make_payment_journal(self):
        """A journal whose payments debit the liability itself, so that no statement has to be matched with them."""
        foreign = self.currency_id != self.company_id.currency_id
        journal = self._club_make_journal(
            name=self.display_name,
            type="bank",
            code=CODES[self.kind],
            default_account_id=self.liability_account_id.id,
            currency_id=self.currency_id.id if foreign else False,
        )
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        lines.payment_account_id = self.liability_account_id
        return journal

    def _club_make_journal(self, code, **values):
        Journal = self.env["account.journal"]
        taken = set(
            Journal.with_context(active_test=False).search([("company_id", "=", self.company_id.id)]).mapped("code")
        )
        free = next(name for name in (code, *(f"{code[:3]}{number}" for number in range(2, 100))) if name not in taken)
        return Journal.create({"company_id": self.company_id.id, "code": free, **values})

    # -- products --------------------------------------------------------------------------------------------------

    def _club_prepare_products(self):
        """No tax, and the liability as income: selling value is neither a sale nor taxed. A product that sells
        something else too is replaced by one of its own."""
        self.ensure_one()
        program = self.club_id._club_program(self.kind)
        others = self.env["loyalty.program"].sudo().search([("club_id", "!=", False), ("id", "!=", program.id)])
        sold_elsewhere = frozenset().union(*(other._club_sold_products() for other in others))
        for product in self._club_products():
            own = product
            if product.id in sold_elsewhere:
                # its accounts are changed here, and the rules by which it is found come after that
                own = product.copy({"name": program.name})
            template = own.product_tmpl_id.with_company(self.company_id)
            taxes = template.sudo().taxes_id.filtered(lambda tax: tax.company_id in self._club_tax_companies())
            template.write(
                {
                    "property_account_income_id": self.liability_account_id.id,
                    "taxes_id": [Command.unlink(tax.id) for tax in taxes],
                }
            )
            if own != product:
                rule = program.rule_ids.filtered(lambda rule, product=product: product in rule.product_ids)
                rule.product_ids = rule.product_ids - product + own

    def _club_tax_companies(self):
        """Companies whose taxes apply in this one."""
        return self.company_id.root_id | self.company_id

    def _club_product_problem(self, product):
        """Why ``product`` can't sell this value with right accounts, as a message that says what to do; or False."""
        self.ensure_one()
        template = product.product_tmpl_id.sudo().with_company(self.company_id)  # its accounts and taxes only
        taxes = template.taxes_id.filtered(lambda tax: tax.company_id in self._club_tax_companies())
        values = {
            "product": template.display_name,
            "book": self.display_name,
            "account": self.liability_account_id.display_name,
        }
        if taxes:
            return self.env._(
                "“%(product)s” sells stored value of “%(book)s” and so bears no tax: tax is due when the value is "
                "spent. Take the taxes away.",
                **values,
            )
        if template._get_product_accounts()["income"] != self.liability_account_id:
            return self.env._(
                "“%(product)s” sells stored value of “%(book)s”: what is paid for it is owed to the customer and no "
                "income. Set its income account to %(account)s.",
                **values,
            )
        return False

    def _club_refuse_products(self, products=None):
        """:raises ValidationError: a product that sells value of these books bears tax or has another income account"""
        for book in self:
            for product in book._club_products() if products is None else book._club_products() & products:
                problem = book._club_product_problem(product)
                if problem:
                    raise ValidationError(problem)

    @api.depends("ready", "liability_account_id")
    def _compute_product_problem(self):
        for book in self:
            problems = [book._club_product_problem(product) for product in book._club_products()] if book.ready else []
            book.product_problem = next((problem for problem in problems if problem), False)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.constrains("taxes_id", "property_account_income_id", "categ_id")
    def _check_club_sells_value(self):
        products = self.product_variant_ids
        value = self.env["loyalty.program"]._club_stored_value_products()
        if value & set(products.ids):
            # whoever edits products need not see the books
            self.env["loyalty.club.book"].sudo().search([("ready", "=", True)])._club_refuse_products(products)


class LoyaltyRule(models.Model):
    _inherit = "loyalty.rule"

    @api.constrains("product_ids", "club_grants", "program_id")
    def _check_club_sold_products(self):
        self.env.registry.clear_cache()  # the products it sells are looked at below, before the request ends
        for rule in self.filtered(lambda rule: rule.club_id and not rule.club_grants):
            books = (
                self.env["loyalty.club.book"]
                .sudo()
                .search(  # who edits rules need not see the books
                    [("club_id", "=", rule.club_id.id), ("kind", "=", rule.club_kind), ("ready", "=", True)]
                )
            )
            books._club_refuse_products(rule.product_ids)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def action_club_set_up_books(self):
        """Make the books of all kinds of money that the club has, in all its companies, and set them up."""
        Book = self.env["loyalty.club.book"]
        for club in self:
            kinds = [kind for kind in CODES if club._club_program(kind)]
            if not kinds:
                raise UserError(
                    self.env._("The club has no credit, gift cards or prepaid cards yet; points need no accounts.")
                )
            for company in club.company_id | club.company_ids | club.branch_ids.company_id:
                for kind in kinds:
                    Book._club_set_up(club, kind, company)
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.loyalty_club_book_action")
        action["domain"] = [("club_id", "in", self.ids)]
        return action
