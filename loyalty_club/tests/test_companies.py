"""Three companies: a club shows itself to its own companies and their branches, and to nobody else."""

from decimal import Decimal

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestCompanies(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Company = cls.env["res.company"]
        currency = cls.env.company.currency_id.id
        cls.north, cls.south, cls.stranger = Company.create(
            [{"name": name, "currency_id": currency} for name in ("North", "South", "Stranger")]
        )
        cls.north_shop = Company.create({"name": "North shop", "parent_id": cls.north.id})
        cls.south_shop = Company.create({"name": "South shop", "parent_id": cls.south.id})
        cls.shared = cls._make_club(
            name="Shared",
            company_id=cls.north.id,
            company_ids=[(6, 0, (cls.north | cls.south).ids)],
            currency_id=currency,
        )
        cls.private = cls._make_club(name="Private", company_id=cls.stranger.id, currency_id=currency)
        cls.member = cls._member(club=cls.shared)
        cls._post(cls._account(cls.member), 100)
        cls._post(cls._account(cls.member, cls.shared._club_ensure_program("credit")), 10)
        cls.env["loyalty.club.exception"]._club_report("check", cls.shared, "x", member_id=cls.member.id)
        cls.env["loyalty.club.branch"].create(
            {"club_id": cls.shared.id, "name": "S", "code": "S", "company_id": cls.south.id}
        )
        cls.env["loyalty.club.card.batch"].create({"name": "b", "club_id": cls.shared.id, "quantity": 1})
        batch = cls.env["loyalty.club.gift.batch"].create(
            {"name": "g", "club_id": cls.shared.id, "quantity": 1, "kind": "discount", "activation": "now"}
        )
        batch._club_hand_out()[0][0]._club_discount_use("test:companies", Decimal(1))
        cls.env["loyalty.club.gift"]._club_read(cls.shared, "wrong")
        where = [(0, 0, {"branch_id": cls.shared.branch_ids[:1].id})]
        cls.env["loyalty.club.scope"].create({"name": "s", "club_id": cls.shared.id, "line_ids": where})
        cls.env["loyalty.club.seal"]._club_seal(cls.shared)
        cls.env["loyalty.club.adjustment"].create({"member_id": cls.member.id, "amount": 1, "reason": "r"})
        cls.shared.event_type_ids.active = True
        cls.member._club_event("survey", "survey:1")
        cls.env["loyalty.club.referral.rule"].create({"club_id": cls.shared.id, "name": "Friends"})
        cls._referral(cls.member)
        cls._watched(cls.member)
        cls._moved(cls.member)

    @classmethod
    def _moved(cls, member):
        """A member who is about to give something away, and whose lots are about to live longer."""
        other = cls._member(club=member.club_id)
        cls.env["loyalty.club.transfer"].create(
            {"from_member_id": member.id, "to_member_id": other.id, "amount": 1, "reason": "r"}
        )
        lots = cls._account(member).lot_ids
        cls.env["loyalty.club.extension"].create(
            {"club_id": member.club_id.id, "lot_ids": lots.ids, "last_day": "2040-01-01", "reason": "r"}
        )

    @classmethod
    def _watched(cls, member):
        """A member who buys on credit, has to prove himself and stands in a signal."""
        member.club_credit_limit = 100
        cls.env["loyalty.club.proof"]._club_new(member, "points", Decimal(5), "test:order")
        cls.env["loyalty.club.signal"].create(
            {"kind": "staff", "key": "test", "club_id": member.club_id.id, "day": "2026-01-01"}
        )
        cls.env.flush_all()

    @classmethod
    def _referral(cls, member):
        """A friend of ``member`` whose purchase was paid for."""
        friend = cls._member(club=member.club_id, referrer=member.referral_code)
        referral = cls.env["loyalty.club.referral"].search([("friend_id", "=", friend.id)])
        purchase = cls.env["loyalty.club.referral.purchase"].create(
            {
                "referral_id": referral.id,
                "origin_model": "res.partner",
                "origin_id": friend.partner_id.id,
                "at": "2026-01-01",
                "due_at": "2026-01-15",
            }
        )
        purchase._club_reward(member.club_id.referral_rule_ids, member, Decimal(100))

    MODELS = {
        "loyalty.club": "id",
        "loyalty.club.branch": "club_id",
        "loyalty.club.member": "club_id",
        "loyalty.club.card": "club_id",
        "loyalty.club.card.batch": "club_id",
        "loyalty.club.account": "club_id",
        "loyalty.club.entry": "club_id",
        "loyalty.club.posting": "account_id.club_id",
        "loyalty.club.lot": "account_id.club_id",
        "loyalty.club.exception": "club_id",
        "loyalty.club.adjustment": "club_id",
        "loyalty.club.seal": "club_id",
        "loyalty.club.seal.head": "seal_id.club_id",
        "loyalty.club.ledger.report": "club_id",
        "loyalty.club.attempt": "club_id",
        "loyalty.club.gift": "club_id",
        "loyalty.club.gift.batch": "club_id",
        "loyalty.club.gift.report": "club_id",
        "loyalty.club.gift.use": "gift_id.club_id",
        "loyalty.club.scope": "club_id",
        "loyalty.club.scope.line": "scope_id.club_id",
        "loyalty.club.liability.report": "club_id",
        "loyalty.club.event.type": "club_id",
        "loyalty.club.event": "club_id",
        "loyalty.club.proof": "club_id",
        "loyalty.club.signal": "club_id",
        "loyalty.club.customer.account": "club_id",
        "loyalty.club.transfer": "club_id",
        "loyalty.club.extension": "club_id",
        "loyalty.club.referral": "club_id",
        "loyalty.club.referral.purchase": "club_id",
        "loyalty.club.referral.reward": "club_id",
        "loyalty.club.referral.rule": "club_id",
    }

    def _seen(self, company, role="manager"):
        user = self._user(role, company=company, login=f"{role}_{company.id}")
        return {
            model: self.env[model]
            .with_user(user)
            .with_context(allowed_company_ids=company.ids)
            .search_count([(path, "=", self.shared.id)])
            for model, path in self.MODELS.items()
        }

    def test_every_company_of_the_club_and_its_branches_see_all_of_it(self):
        for company in (self.north, self.south, self.north_shop, self.south_shop):
            seen = self._seen(company)
            self.assertTrue(all(seen.values()), (company.name, seen))

    def test_a_company_that_is_not_in_the_club_sees_nothing_of_it(self):
        seen = self._seen(self.stranger)
        self.assertFalse(any(seen.values()), seen)

    def test_every_model_with_a_club_has_a_company_rule(self):
        stored = {
            name
            for name, model in self.env.items()
            if name.startswith("loyalty.club")
            and model._original_module == "loyalty_club"  # addons look after theirs
            and not model._transient
            and not model._abstract
            # a hold has no club; books and what they wrote are of one company each
            and name not in ("loyalty.club.hold", "loyalty.club.book", "loyalty.club.booked")
        }
        self.assertEqual(stored - set(self.MODELS), set())

    def test_a_foreign_company_neither_serves_nor_finds_the_member(self):
        officer = self._user("officer", company=self.stranger, login="stranger_officer")
        member = self.member.with_user(officer).with_context(allowed_company_ids=self.stranger.ids)
        with self.assertRaises(AccessError):
            member.read(["mobile"])
        with self.assertRaises(AccessError):
            member.action_block()
        change = (
            self.env["loyalty.club.card.change"].with_user(officer).with_context(allowed_company_ids=self.stranger.ids)
        )
        with self.assertRaises(AccessError):
            change.create({"change": "lost", "card_id": self.member.card_ids.id, "reason": "x"}).action_apply()
        self.assertEqual(self.member.card_ids.state, "active")

    def test_an_officer_of_a_shop_joins_people_to_the_shared_club(self):
        officer = self._user("officer", company=self.south_shop, login="shop_officer")
        enrol = self.env["loyalty.club.enrol"].with_user(officer).with_context(allowed_company_ids=self.south_shop.ids)
        wizard = enrol.create({"mobile": "09125556677", "name": "Shop customer"})
        self.assertEqual(wizard.club_id, self.shared, "the only club that he sees")
        member = self.env["loyalty.club.member"].browse(wizard.action_enrol()["res_id"])
        self.assertEqual((member.club_id, len(member.card_ids)), (self.shared, 1))
