"""Give or sell one card at the office: print it, mail it or send it by SMS. The code leaves once, on the chosen way."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.amount import to_amount
from ..tools.gift_code import clean, new_code
from ..tools.phone import to_mobile


class LoyaltyClubGiftGive(models.TransientModel):
    _name = "loyalty.club.gift.give"
    _description = "Give or sell a gift card"

    club_id = fields.Many2one(
        comodel_name="loyalty.club", required=True, default=lambda self: self.env["loyalty.club"]._club_default()
    )
    currency_id = fields.Many2one(related="club_id.currency_id")
    branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        domain="[('club_id', '=', club_id)]",
        compute="_compute_branch_id",
        precompute=True,
        store=True,
        readonly=False,
        required=True,
    )
    way = fields.Selection(
        selection=[("give", "A present of the club"), ("sell", "Sold, with an invoice")],
        required=True,
        default="give",
        string="It is",
        help="A present costs the club its value. A sold card is invoiced to the buyer and waits for his payment.",
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Buyer")
    may_invoice = fields.Boolean(compute="_compute_may_invoice")
    value = fields.Monetary(required=True)
    valid_until = fields.Date(
        string="Last day",
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        help="Inclusive. Empty: it never ends.",
    )
    delivery = fields.Selection(
        selection=[("print", "Print it (PDF)"), ("email", "Send an e-mail"), ("text", "Send an SMS")],
        required=True,
        default="print",
    )
    recipient_name = fields.Char(string="For")
    recipient_email = fields.Char(string="E-mail")
    recipient_mobile = fields.Char(string="Mobile")
    message = fields.Text()
    artwork = fields.Image(max_width=1200, max_height=800)
    reason = fields.Char(help="Why it is given; stays in the ledger.")

    @api.depends("way")
    def _compute_may_invoice(self):
        self.may_invoice = self.env["account.move"].has_access("create")

    @api.depends("club_id")
    def _compute_branch_id(self):
        for wizard in self:
            branches = wizard.club_id.branch_ids
            wizard.branch_id = branches if len(branches) == 1 else False

    @api.depends("club_id")
    def _compute_valid_until(self):
        for wizard in self:
            months = wizard.club_id.gift_valid_months
            today = wizard.club_id._club_today() if wizard.club_id else fields.Date.today()
            wizard.valid_until = (
                fields.Date.subtract(fields.Date.add(today, months=months), days=1) if months else False
            )

    def action_give(self):
        """Make the card, load it, and send the code on its way."""
        self.ensure_one()
        self._club_check()
        code = new_code()
        gift = self._club_make(code)
        if self.way == "sell":
            self._club_invoice(gift)
        else:
            amount = to_amount(self.value, self.currency_id.decimal_places)
            gift._club_start(fields.Datetime.now(), self.branch_id, paid=0, value=amount, key=f"gift:{gift.id}:given")
            gift._club_load(
                {gift.id: [(f"gift:{gift.id}:given", "earn", amount, False)]},
                branch=self.branch_id,
                origin=(gift._name, gift.id),
                reason=self.reason or "",
            )
        return self._club_deliver(gift.sudo(False), code)

    def _club_check(self):
        """Refuse what can't be done, before anything is made."""
        club = self.club_id
        club.check_access("read")
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise UserError(self.env._("Ask an officer of the club to give a card."))
        if not club._club_program("gift"):
            self._club_check_beginner()
        problem = self._club_missing() or (self.way == "give" and self._club_too_much())
        if problem:
            raise UserError(problem)
        if self.valid_until:
            last = fields.Date.add(self.valid_until, days=1)
            club._club_check_life(club._club_today(), last, self.branch_id.company_id)

    def _club_check_beginner(self):
        """The first card of a club makes its program, which officers may not."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise UserError(
                self.env._(
                    "The club sells no cards yet. A manager presses “Start selling gift and prepaid cards” on it."
                )
            )

    def _club_missing(self):
        """What has to be filled in first, as a message; False when all is there."""
        checks = (
            (self.value <= 0, self.env._("Say how much the card is worth.")),
            (
                self.way == "give" and not self.reason,
                self.env._("Say why the card is given; the accountant will ask."),
            ),
            (
                self.way == "sell" and not self.may_invoice,
                self.env._(
                    "A card that is sold here is invoiced, and you may not make invoices. Ask a colleague with Odoo's "
                    "right “Invoicing” to sell it, or sell it at a till or on a sale order."
                ),
            ),
            (self.way == "sell" and not self.partner_id, self.env._("Choose the buyer, who gets the invoice.")),
            (
                self.valid_until and self.valid_until < self.club_id._club_today(),
                self.env._("The last day of the card is over. Choose a later one."),
            ),
            (self.delivery == "email" and not self.recipient_email, self.env._("Type the e-mail address.")),
            (self.delivery == "text" and not self._club_number(), self.env._("Type a mobile number.")),
        )
        return next((message for wrong, message in checks if wrong), False)

    def _club_too_much(self):
        club = self.club_id.sudo()  # officers give presents without reading the ledger
        amount = to_amount(self.value, self.currency_id.decimal_places)
        if self.env.user.has_group("loyalty_club.group_club_manager"):
            return False
        if not club._club_needs_second(self.env.user, {False: amount}):
            return False
        return self.env._(
            "Presents above %s, or more of them in a day than one person may give, are given by a manager.",
            self.currency_id.format(club._club_limit("adjust_limit")),
        )

    def _club_number(self):
        return to_mobile(self.recipient_mobile, self.club_id.country_id.code)

    def _club_make(self, code):
        """The card, in stock."""
        Gift = self.env["loyalty.club.gift"].sudo()  # nobody has the right to write cards; who may was checked
        club = self.club_id
        row = {
            "code": code,
            "kind": "gift",
            "club_id": club.id,
            "program_id": club._club_ensure_program("gift").id,
            "scope_id": club.gift_scope_id.id or None,
            "expires_on": self.valid_until or None,
            "partner_id": self.partner_id.id or None,
        }
        gift = Gift.browse(Gift._club_insert([row])[clean(code)])
        gift.write(
            {
                name: self[name]
                for name in ("recipient_name", "recipient_email", "recipient_mobile", "message", "artwork")
            }
        )
        return gift

    def _club_invoice(self, gift):
        """Invoice the card to the buyer, and load it with what the invoice says."""
        move = self._club_post_invoice(gift)
        amount = to_amount(self.value, self.currency_id.decimal_places)
        key = f"account.move:{move.id}:gift"
        origin = ("account.move", move.id)
        now = fields.Datetime.now()
        gift._club_start(
            now, self.branch_id, paid=amount, value=amount, key=key, origin=origin, partner=self.partner_id
        )
        gift._club_load({gift.id: [(f"{key}:load", "load", amount, True)]}, branch=self.branch_id, origin=origin)

    def _club_post_invoice(self, gift):
        """The invoice of the card, posted; its one line sells cards, so its account is the liability."""
        product = gift.program_id.trigger_product_ids[:1]
        if not product:
            raise UserError(self.env._("The gift card program has no product to sell. Choose one on the program."))
        line = {
            "product_id": product.id,
            "name": self.env._("Gift card %s", gift.serial),
            "quantity": 1,
            "price_unit": self.value,
            "tax_ids": [(5, 0, 0)],
        }
        move = (
            self.env["account.move"]
            .with_company(self.branch_id.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner_id.id,
                    "currency_id": self.currency_id.id,
                    "invoice_line_ids": [(0, 0, line)],
                }
            )
        )
        move.action_post()
        return move

    def _club_deliver(self, gift, code):
        """Send the code, or give the link to print the card with a code of its own; then nobody knows it any more."""
        if self.delivery == "print":
            return gift._club_handout_link("pdf")
        if self.delivery == "email":
            gift._club_send_mail(now=True)  # with a code of its own, as a printed card
        elif not gift._club_send_text(self._club_number(), code, self.partner_id.name):
            raise UserError(self.env._("No SMS gateway is set up. Print the card or send an e-mail."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.gift",
            "res_id": gift.id,
            "views": [(False, "form")],
        }
