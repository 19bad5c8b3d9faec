"""Tills: the club they serve, and the two calls a cashier makes: who is it, and join."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Customers whose balances one call tells: what a till's list shows, and no more.
MOST_PARTNERS = 200
#: What PostgreSQL can hold as an id.
LARGEST_ID = 2**31 - 1


def is_id(value):
    """Whether what a till sent can be the id of a record."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


class PosConfig(models.Model):
    _inherit = "pos.config"

    club_branch_id = fields.Many2one(
        comodel_name="loyalty.club.branch",
        string="Branch",
        index="btree_not_null",
        domain="[('company_id', '=', company_id)]",
        help="The shop this till stands in; what is earned and spent here belongs to it.",
    )
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        string="Customer club",
        compute="_compute_club_id",
        inverse="_inverse_club_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        help="Members of this club are served at the till. A till without a branch gets one.",
    )

    @api.depends("club_branch_id.club_id")
    def _compute_club_id(self):
        for config in self:
            config.club_id = config.club_branch_id.club_id

    def _inverse_club_id(self):
        for config in self:
            if not config.club_id:
                config.club_branch_id = False
            elif config.club_branch_id.club_id != config.club_id:
                config.club_branch_id = config.club_id._club_branch_for_till(config)
            if config.club_id:
                config._club_read_cards_beside_gs1()

    def _club_read_cards_beside_gs1(self):
        """A GS1 nomenclature knows nothing but GS1; the till then reads cards by its fallback nomenclature."""
        if self.company_id.nomenclature_id.is_gs1_nomenclature and not self.fallback_nomenclature_id:
            self.fallback_nomenclature_id = self.env.ref("barcodes.default_barcode_nomenclature")

    def _get_program_ids(self):
        # credit and cards of a club pay; they are no rewards, so the till's engine never learns of them
        programs = super()._get_program_ids()
        return programs.filtered(lambda program: not program.sudo().club_id or program.club_kind == "points")

    @api.model
    def _load_pos_data_read(self, records, config):
        data = super()._load_pos_data_read(records, config)
        if data:
            data[0]["_club"] = config._club_till_data()
        return data

    def _club_till_data(self):
        """What the till needs of its club; False without one."""
        self.ensure_one()
        club = self.sudo().club_id  # cashiers read the club they serve
        if not club or not club.active:
            return False
        return {
            "id": club.id,
            "name": club.name,
            "points_program_id": club.points_program_id.id,
            "credit_program_id": club.credit_program_id.id,
            "offline_budget": club._club_limit("offline_budget"),
            "offline_credit": club._club_limit("offline_credit"),
            "country_code": club.country_id.code,
            "credit": self._club_credit_data(club),
            "sells": self._club_sells_data(club),
            "has_cards": bool(club.gift_program_id or club.prepaid_program_id),
            "stored_value_products": sorted(self.env["loyalty.program"]._club_stored_value_products()),
        }

    def _club_credit_data(self, club):
        """The club's credit as plain values, with the rules that grant it; False without credit."""
        program = club.credit_program_id
        if not program or not program.active:
            return False
        rules = self.env["loyalty.rule"].sudo()  # a cashier's till previews what is granted
        return {
            "id": program.id,
            "name": program.name,
            "date_from": fields.Date.to_string(program.date_from) or False,
            "date_to": fields.Date.to_string(program.date_to) or False,
            "rules": [
                {
                    "id": rule.id,
                    "products": None if rule.products is None else rules.browse(rule.id).valid_product_ids.ids,
                    "minimum_quantity": str(float(rule.minimum_quantity)),
                    "minimum_amount": str(float(rule.minimum_amount)),
                    "minimum_tax_included": rule.minimum_tax_included,
                    "mode": rule.mode,
                    "points": str(float(rule.points)),
                }
                for rule in program._club_rules(self.env["product.product"], self.sudo().club_branch_id)
            ],
        }

    def _club_sells_data(self, club):
        """What sells stored value at the till: {product id as text: credit, gift or prepaid}."""
        sells = {}
        for kind in ("prepaid", "gift", "credit"):  # a product of two programs sells the last one, as on the server
            program = club._club_program(kind)
            if program and program.active:
                sells.update({str(product_id): kind for product_id in program._club_sold_products()})
        return sells

    def _club_served(self):
        """The club of this till, for somebody who works at a till. Whoever only reads tills serves nobody.

        :raises AccessError: they work at no till, or not at this one
        :raises UserError: the till serves no club
        """
        if not self.env.su and not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Members are served at a till, by its cashiers."))
        if len(self) != 1 or not self.exists():
            raise UserError(self.env._("Choose one till."))
        self.check_access("read")
        club = self.sudo().club_id  # a cashier sees members through the till's two calls only
        if not club:
            raise UserError(self.env._("This till serves no customer club. Set one in the till's settings."))
        return club

    def club_identify(self, term):
        """Find members by card, mobile or name. Called by the till.

        :param term: what was scanned or typed
        :return: ``loyalty.club._club_identify`` plus ``records``: payloads of the partners and core cards found
        """
        club = self._club_served()
        answer = club._club_identify(str(term or ""))
        return self._club_with_records(answer)

    def club_sheet(self, partner_id):
        """What the till shows of a customer who was chosen in another way than by ``club_identify``.

        :return: as ``club_identify``; status unknown when he is no member
        """
        club = self._club_served()
        partner = self._club_partner(partner_id)
        answer = club._club_identify_partner(partner.id) if partner else club._club_answer("unknown")
        return self._club_with_records(answer)

    def club_credit_of(self, partner_ids):
        """What customers have to spend of the club's credit, for the till's list of them; two queries for all.

        :param partner_ids: ``MOST_PARTNERS`` at most
        :return: {partner id as text: amount}, of those who have some
        """
        club = self._club_served()
        accounts = self._club_accounts_of(club.credit_program_id, self._club_partners(partner_ids)).filtered("balance")
        usable = accounts._club_usable_totals()
        return {str(account.member_id.partner_id.id): usable[account.id] for account in accounts if usable[account.id]}

    def club_cards_of(self, partner_ids):
        """Core's cards of the club's points, for the till's list of customers.

        :param partner_ids: ``MOST_PARTNERS`` at most
        :return: {"loyalty.card": payload}
        """
        club = self._club_served()
        accounts = self._club_accounts_of(club.points_program_id, self._club_partners(partner_ids))
        return {"loyalty.card": self._club_card_records(accounts.card_id)}

    def _club_accounts_of(self, program, partners):
        # the till's calls are a cashier's only way to balances; the till was checked
        Account = self.env["loyalty.club.account"].sudo()
        return Account.search([("program_id", "=", program.id), ("member_id.partner_id", "in", partners.ids)])

    def _club_partners(self, partner_ids):
        """Customers whom the cashier may read.

        :raises UserError: no list of ids, or a longer one than a till shows
        """
        if not isinstance(partner_ids, (list, tuple)) or not all(map(is_id, partner_ids)):
            raise UserError(self.env._("Say which customers."))
        if len(partner_ids) > MOST_PARTNERS:
            raise UserError(self.env._("Ask for the balances of %s customers at most at once.", MOST_PARTNERS))
        partners = self.env["res.partner"].browse(partner_ids).exists()
        partners.check_access("read")
        return partners

    def _club_partner(self, partner_id):
        """The customer whom the till means, if there is one; the cashier may read them."""
        partner = self.env["res.partner"].browse(partner_id if is_id(partner_id) else ()).exists()
        partner.check_access("read")
        return partner

    def club_join(
        self,
        mobile,
        name=False,
        card_number=False,
        partner_id=False,
        referrer=False,
        agreed=False,
        mobile_key=False,
        lang=False,
    ):
        """Make a customer a member. Called by the till; for somebody who is one already it returns that member.

        Long because each thing that a cashier may ask for is told here.

        :param mobile: in any form
        :param name: optional
        :param card_number: a card in stock to hand out, optional
        :param partner_id: the customer of the order, optional; else he is found by his mobile, or made
        :param referrer: invitation code, membership number or mobile of who invited him, optional
        :param agreed: purposes of messages that he agreed to, of those in the till's data
        :param mobile_key: what ``club_join_confirm`` gave for the code that was sent to the mobile
        :param lang: language in which he is written to, of those in the till's data
        :return: as ``club_identify``, with ``created``
        :raises UserError: no mobile number, nobody has the referrer's code, or the card can't be given
        """
        club = self._club_served()
        mobile, name, card_number, referrer = (str(value or "") for value in (mobile, name, card_number, referrer))
        if not mobile.strip():
            raise UserError(self.env._("Type the customer's mobile number first."))
        partner = self._club_partner(partner_id)
        Member = self.env["loyalty.club.member"].sudo()  # a cashier enrols, and may do nothing else with members
        member, created = Member._club_enrol(
            club,
            mobile=mobile,
            name=name.strip() or None,
            partner=partner.sudo() or None,
            joined_branch_id=self.club_branch_id.id,
            joined_channel="till",
            referrer=referrer or None,
            mobile_key=str(mobile_key) if mobile_key else None,
            lang=self._club_language(lang),
            consents=self._club_agreed(club, agreed),
        )
        if card_number:
            self.env["loyalty.club.card"].sudo()._club_find_number(club, card_number)._club_activate(member)
        answer = club._club_identify_partner(member.partner_id.id)
        return {**self._club_with_records(answer), "created": created}

    def _club_with_records(self, answer):
        partner_ids = [sheet["partner_id"] for sheet in answer["members"] if sheet["partner_id"]]
        # credit is no program at the till, so its card means nothing there
        card_ids = [
            account["card_id"]
            for sheet in answer["members"]
            for account in sheet["accounts"]
            if account["kind"] == "points"
        ]
        Partner = self.env["res.partner"]
        records = {"res.partner": Partner._load_pos_data_read(Partner.browse(partner_ids), self)} if partner_ids else {}
        if card_ids:
            records["loyalty.card"] = self._club_card_records(self.env["loyalty.card"].browse(card_ids))
        return {**answer, "records": records}

    def _club_card_records(self, cards):
        # found by the till's calls, which are a cashier's only way to them
        return cards.sudo().read(self.env["loyalty.card"]._load_pos_data_fields(self), load=False)
