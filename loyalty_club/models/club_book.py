"""Books: the accounts in the general ledger for one kind of stored value of a club in one company."""

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

#: Kinds of value that are money which the shop owes.
MONEY = [("credit", "Credit"), ("gift", "Gift cards"), ("prepaid", "Prepaid cards")]
#: Accounts that the club's own journal writes against, by the role that ``rules.books`` gives an entry.
ACCOUNT_OF_ROLE = {
    "granted": "granted_account_id",
    "breakage": "breakage_account_id",
    "adjust": "adjust_account_id",
    "fee": "fee_account_id",
    "opening": "opening_account_id",
    # between members nothing is left of it; between companies it is
    "transfer": "adjust_account_id",
}
NEEDED = ("liability_account_id", *dict.fromkeys(ACCOUNT_OF_ROLE.values()), "journal_id", "payment_journal_id")


class LoyaltyClubBook(models.Model):
    _name = "loyalty.club.book"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Club Book"
    _check_company_auto = True
    _order = "club_id, company_id, kind"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    kind = fields.Selection(selection=MONEY, string="Kind of value", required=True, default="credit")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    liability_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Liability account",
        check_company=True,
        domain="[('account_type', 'in', ('liability_current', 'liability_non_current'))]",
        help="What the shop owes the holders of this value. Its balance always equals the club's ledger.",
    )
    granted_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Granted account",
        check_company=True,
        help="Where value that is given and not sold is charged: a cost of marketing, or a deduction from sales.",
    )
    breakage_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Expired account",
        check_company=True,
        help="The income from value that expires without being spent.",
    )
    adjust_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Adjustments account",
        check_company=True,
        help="Corrections by hand, and everything else that no other account is meant for.",
    )
    fee_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Fee account",
        check_company=True,
        help="The income from fees, for example for a transfer.",
    )
    opening_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Opening account",
        check_company=True,
        help="Where the value that was there before is taken from: the account that Odoo had booked it on. "
        "Choose the liability account itself when its balance is right already.",
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="The club's own entries: granted, expired, adjusted.",
    )
    payment_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Payment journal",
        check_company=True,
        domain="[('type', '=', 'bank')]",
        help="Payments with this value: they debit the liability and settle the customer's receivable.",
    )
    ready = fields.Boolean(
        compute="_compute_ready", store=True, help="All accounts and journals are chosen, so entries are written."
    )
    opened_on = fields.Date(
        string="Opened on", readonly=True, copy=False, help="What was there before this day is written as opening."
    )
    first_entry = fields.Integer(
        readonly=True, copy=False, help="Entries of the ledger up to this number were there before the book."
    )
    move_ids = fields.One2many(comodel_name="account.move", inverse_name="club_book_id", readonly=True)
    move_count = fields.Integer(compute="_compute_move_count")

    _club_kind_company = models.Constraint(
        "UNIQUE (club_id, kind, company_id)", "This club has a book for this kind of value in this company."
    )

    @api.depends("club_id", "kind", "company_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        several = len(self.env["res.company"].sudo().search([], limit=2)) > 1
        for book in self:
            parts = [book.club_id.name, kinds.get(book.kind), book.company_id.name if several else False]
            book.display_name = " · ".join(part for part in parts if part)

    @api.depends(*NEEDED)
    def _compute_ready(self):
        for book in self:
            book.ready = all(book[name] for name in NEEDED)

    def _compute_move_count(self):
        counts = dict(
            self.env["account.move"]._read_group([("club_book_id", "in", self.ids)], ["club_book_id"], ["__count"])
        )
        for book in self:
            book.move_count = counts.get(book, 0)

    @api.constrains("liability_account_id", "payment_journal_id")
    def _check_own_accounts(self):
        for book in self.filtered("liability_account_id"):
            others = self.search(
                [
                    ("id", "!=", book.id),
                    ("company_id", "=", book.company_id.id),
                    "|",
                    ("liability_account_id", "=", book.liability_account_id.id),
                    "&",
                    ("payment_journal_id", "!=", False),
                    ("payment_journal_id", "=", book.payment_journal_id.id),
                ],
                limit=1,
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(other)s has the same liability account or payment journal. "
                        "Each kind of value needs its own, or nobody can tell what is owed for which.",
                        other=others.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        books = super().create(vals_list)
        books._club_open()
        return books

    def write(self, vals):
        if {"club_id", "kind", "company_id", "liability_account_id"} & set(vals):
            self._club_refuse_change(vals)
        result = super().write(vals)
        self._club_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.filtered("opened_on"):
            raise UserError(self.env._("This book is in use: the accounts would no longer tell what is owed. Keep it."))

    def _club_refuse_change(self, vals):
        for book in self.filtered("opened_on"):
            for name in ("club_id", "kind", "company_id", "liability_account_id"):
                current = book[name].id if isinstance(book[name], models.BaseModel) else book[name]
                if name in vals and current and vals[name] != current:
                    raise UserError(
                        self.env._(
                            "“%(book)s” is in use since %(day)s. "
                            "Its club, company, kind and liability account stay as they are.",
                            book=book.display_name,
                            day=book.opened_on,
                        )
                    )

    def _club_open(self):
        """Begin to write books that have just become ready: what the ledger holds already is their opening."""
        for book in self.filtered(lambda book: book.ready and not book.opened_on):
            refusal = book._club_open_refusal()
            if refusal:
                raise UserError(refusal)
            last = self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM loyalty_club_entry"))[0][0]
            # a book opens by itself, when everything is there
            book.sudo().write({"opened_on": book._club_today(), "first_entry": last})

    def _club_open_refusal(self):
        """Why the book can't be opened now, as a message; False when it can. Channels add their open documents."""
        self.ensure_one()
        return False

    def _club_zone(self):
        """The company's time zone: days of the books are days there."""
        self.ensure_one()
        company = self.company_id.sudo()  # its country and zone only
        zones = pytz.country_timezones.get(
            company.country_id.code or self.club_id.sudo().country_id.code or "", ["UTC"]
        )
        return company.partner_id.tz or zones[0]

    def _club_today(self):
        zone = pytz.timezone(self._club_zone())
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    def _club_products(self):
        """The products that sell this value."""
        self.ensure_one()
        program = self.club_id.sudo()._club_program(self.kind)
        return self.env["product.product"].browse(sorted(program._club_sold_products()) if program else [])

    def action_club_moves(self):
        """Open the club's entries in the accounts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of %s", self.display_name),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("club_book_id", "=", self.id)],
        }


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    book_ids = fields.One2many(comodel_name="loyalty.club.book", inverse_name="club_id", string="Books")

    def _club_book(self, kind, company):
        """The book for a kind of value (credit, gift, prepaid) in ``company``; empty when none is ready."""
        self.ensure_one()
        return self.env["loyalty.club.book"].search(
            [("club_id", "=", self.id), ("kind", "=", kind), ("company_id", "=", company.id), ("ready", "=", True)]
        )


class LoyaltyClubAccount(models.Model):
    _inherit = "loyalty.club.account"

    # the books look at money alone, which is few accounts beside those of points
    _money = models.Index("(club_id, kind) WHERE kind IN ('credit', 'gift', 'prepaid')")
