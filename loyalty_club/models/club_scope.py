"""Scopes: where and for what an account pays, as data: contracted branches with their share, products."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..rules import scope as rules
from ..tools.amount import floor_amount, to_amount


class LoyaltyClubScope(models.Model):
    _name = "loyalty.club.scope"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Where and for what a card pays"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    share = fields.Float(
        string="Share of the ticket (%)",
        default=100.0,
        digits=(6, 3),
        help="How much of a ticket is paid, in every branch of the club. With contracted branches below, theirs hold.",
    )
    line_ids = fields.One2many(
        comodel_name="loyalty.club.scope.line",
        inverse_name="scope_id",
        string="Contracted branches",
        copy=True,
        help="Empty: every branch of the club.",
    )
    product_ids = fields.Many2many(
        comodel_name="product.product", string="Products", help="Empty everywhere: any product."
    )
    category_ids = fields.Many2many(
        comodel_name="product.category", string="Product categories", help="With all categories below them."
    )
    tag_ids = fields.Many2many(comodel_name="product.tag", string="Product tags")
    account_count = fields.Integer(compute="_compute_account_count", string="Accounts")

    _share_range = models.Constraint("CHECK (share > 0 AND share <= 100)", "A share is above 0 and at most 100 %.")

    def _compute_account_count(self):
        counts = dict(
            self.env["loyalty.club.account"]._read_group([("scope_id", "in", self.ids)], ["scope_id"], ["__count"])
        )
        for scope in self:
            scope.account_count = counts.get(scope, 0)

    def _club_values(self):
        """This scope as ``rules.scope.Scope``; an empty record pays everything everywhere."""
        if not self:
            return rules.Scope({})
        return rules.Scope(
            {line.branch_id.id: to_amount(line.share, 3) for line in self.line_ids},
            to_amount(self.share, 3),
            bool(self.product_ids or self.category_ids or self.tag_ids),
        )

    def _club_covered(self, products):
        """Which of ``products`` may be paid."""
        if not (self.product_ids or self.category_ids or self.tag_ids):
            return products
        return products.filtered_domain(
            Domain.OR(
                [
                    Domain("id", "in", self.product_ids.ids),
                    Domain("categ_id", "child_of", self.category_ids.ids) if self.category_ids else Domain.FALSE,
                    Domain("all_product_tag_ids", "in", self.tag_ids.ids),
                ]
            )
        )


class LoyaltyClubScopeLine(models.Model):
    _name = "loyalty.club.scope.line"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Contracted branch"
    _order = "scope_id, id"

    scope_id = fields.Many2one(comodel_name="loyalty.club.scope", required=True, index=True, ondelete="cascade")
    club_id = fields.Many2one(related="scope_id.club_id")
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id)]",
    )
    share = fields.Float(string="Share of the ticket (%)", default=100.0, digits=(6, 3), required=True)

    _branch_once = models.Constraint("UNIQUE (scope_id, branch_id)", "This branch is in the list already.")
    _share_range = models.Constraint("CHECK (share > 0 AND share <= 100)", "A share is above 0 and at most 100 %.")

    @api.constrains("branch_id", "scope_id")
    def _check_club(self):
        for line in self:
            if line.branch_id.club_id != line.scope_id.club_id:
                raise ValidationError(
                    self.env._("The branch %s belongs to another club. Choose one of this club.", line.branch_id.name)
                )


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    scope_id = fields.Many2one(
        comodel_name="loyalty.club.scope",
        string="Pays for",
        index="btree_not_null",
        ondelete="restrict",
        help="Branches, shares and products that this balance pays. Empty: everything in every branch.",
    )

    def _club_payable(self, branch=None, ticket=None):
        """The most that this account may pay now, in units of its currency.

        :param branch: ``loyalty.club.branch`` or None
        :param ticket: list of ``club_payment.TicketLine``, or None when there are no lines to look at
        :return: Decimal, not below zero: what is available and what the scope allows, whichever is less
        """
        self.ensure_one()
        limit = self._club_scope_limit(branch, ticket)
        digits = self.program_id.sudo()._club_decimals()  # its decimals only; cashiers may not open programs
        available = floor_amount(max(0.0, self._club_usable_totals().get(self.id, 0.0)), digits)
        return available if limit is None else min(limit, available)

    def _club_scope_limit(self, branch, ticket):
        """What the scope allows of a ticket (Decimal), whatever the balance; None: all of it."""
        scope = self.scope_id.sudo()  # which branches and products it has; who sells need not open it
        values = scope._club_values()
        branch_id = branch.id if branch else None
        parts = self._club_ticket_parts(scope, ticket or ())
        if not rules.needs_ticket(values, branch_id) and all(part.covered for part in parts):
            return None
        return rules.payable(values, branch_id, parts, self.program_id.sudo()._club_decimals())

    def _club_share_refusal(self, amount, branch, ticket):
        """Why ``amount`` is more than these accounts may pay of one ticket between them; False when it is not.

        Two cards with a share of a ticket pay that share once, not twice.

        :param amount: Decimal, what all of them pay
        """
        branch_id = branch.id if branch else None
        cards = []
        for account in self:
            scope = account.scope_id.sudo()  # as above
            cards.append((scope._club_values(), account._club_ticket_parts(scope, ticket or ())))
        if not cards or any(
            not rules.needs_ticket(values, branch_id) and all(part.covered for part in parts) for values, parts in cards
        ):
            return False
        limit = rules.payable_together(cards, branch_id, self.program_id.sudo()[:1]._club_decimals())
        if amount <= limit:
            return False
        return self.env._(
            "All such cards together pay at most %s of this ticket. Lower the amount.", self[0]._club_format(limit)
        )

    def _club_ticket_parts(self, scope, ticket):
        """The lines of a ticket for ``rules.scope``. A card that bought a card would begin a new life, so none does."""
        ids = {line.product_id for line in ticket if line.product_id}
        products = self.env["product.product"].sudo().browse(ids)  # categories and tags only
        left_out = ids - set(scope._club_covered(products).ids)
        if self.kind != "points":
            left_out |= ids & self.env["loyalty.program"]._club_stored_value_products()
        return [rules.Part(line.amount, line.product_id not in left_out) for line in ticket]

    def _club_refusal(self, amount, branch, ticket):
        refusal = super()._club_refusal(amount, branch, ticket)
        if refusal or self.kind == "points":
            return refusal
        if self.scope_id and rules.share_of(self.scope_id.sudo()._club_values(), branch.id if branch else None) is None:
            return self.env._("This card does not pay in this branch. Choose another payment method.")
        limit = self._club_scope_limit(branch, ticket)
        if limit is not None and amount > limit:
            return self.env._(
                "At most %s of this ticket can be paid with this card. Lower the amount.", self._club_format(limit)
            )
        return False
