"""Which rules of a credit program grant credit, for which goods, amounts and branches."""

from decimal import Decimal

from odoo.addons.loyalty_club.rules import scoring
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form

from .common import ClubCommon


class TestCreditRules(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls.club._club_ensure_program("credit")
        cls.food = cls.env["product.category"].create({"name": "Food"})
        Product = cls.env["product.product"]
        cls.tea = Product.create({"name": "Tea", "categ_id": cls.food.id})
        cls.soap = Product.create({"name": "Soap"})
        cls.other = cls.env["loyalty.club.branch"].create({"club_id": cls.club.id, "name": "Other", "code": "O"})

    def _rule(self, **values):
        values = {"club_grants": True, "reward_point_mode": "money", "reward_point_amount": 0.05, **values}
        return self.env["loyalty.rule"].create({"program_id": self.credit.id, **values})

    def _granted(self, *basket, branch=None):
        """Credit for a basket of (product, amount)."""
        lines = [
            scoring.Line(str(number), product.id, Decimal(1), Decimal(str(amount)), Decimal(str(amount)))
            for number, (product, amount) in enumerate(basket)
        ]
        products = self.env["product.product"].union(*(product for product, _amount in basket))
        rules = self.credit._club_rules(products, branch or self.branch)
        return scoring.score(lines, rules, self.credit._club_decimals()).points

    def test_wallet_without_granting_rules_gives_nothing_for_a_purchase(self):
        self.assertTrue(self.credit.rule_ids)
        self.assertEqual(self._granted((self.tea, 100)), 0)
        self.assertEqual(self._granted((self.env.ref("loyalty.ewallet_product_50"), 50)), 0)

    def test_percentages_are_exact_and_rounded_down_once(self):
        rule = self._rule(reward_point_amount=0.01)
        self.assertEqual(self._granted((self.tea, "99.99")), Decimal("0.99"))
        self.assertEqual(self._granted((self.tea, "0.55"), (self.soap, "0.55")), Decimal("0.01"))
        rule.club_percent = 5
        self.assertEqual(rule.reward_point_amount, 0.05)
        self.assertEqual(self._granted((self.tea, 100), (self.soap, "0.20")), Decimal("5.01"))

    def test_below_the_minimum_purchase_nothing_is_granted(self):
        self._rule(minimum_amount=100)
        self.assertEqual(self._granted((self.tea, "99.99")), 0)
        self.assertEqual(self._granted((self.tea, 100)), 5)

    def test_fixed_credit_above_an_amount(self):
        self._rule(reward_point_mode="order", reward_point_amount=10, minimum_amount=200)
        self.assertEqual(self._granted((self.tea, 199)), 0)
        self.assertEqual(self._granted((self.tea, 150), (self.soap, 50)), 10)

    def test_rule_of_a_product_or_category_grants_for_those_alone(self):
        rule = self._rule(product_ids=[Command.set(self.tea.ids)])
        self.assertEqual(self._granted((self.tea, 20), (self.soap, 80)), 1)
        rule.write({"product_ids": [Command.clear()], "product_category_id": self.food.id})
        self.assertEqual(self._granted((self.tea, 40), (self.soap, 80)), 2)

    def test_rule_of_a_branch_grants_there_alone(self):
        self._rule(club_branch_ids=[Command.set(self.other.ids)])
        self.assertEqual(self._granted((self.tea, 100)), 0)
        self.assertEqual(self._granted((self.tea, 100), branch=self.other), 5)
        self.assertEqual(self.credit._club_rules(self.tea), [], "nor where nobody knows the branch")

    def test_points_rules_follow_branches_too(self):
        self.program.rule_ids.club_branch_ids = self.other
        self.assertFalse(self.program._club_rules(self.tea, self.branch))
        self.assertTrue(self.program._club_rules(self.tea, self.other))

    def test_tea_that_grants_credit_does_not_sell_it(self):
        top_up = self.env.ref("loyalty.ewallet_product_50")
        self._rule(product_ids=[Command.set(self.tea.ids)])
        self.assertEqual(self.credit.trigger_product_ids, top_up)
        self.assertEqual(self.credit._club_sold_products(), {top_up.id})
        self.assertNotIn(self.tea.id, self.credit._club_stored_value_products())
        self.assertIn(self.credit, self.credit.search([("trigger_product_ids", "in", top_up.ids)]))
        self.assertNotIn(self.credit, self.credit.search([("trigger_product_ids", "in", self.tea.ids)]))
        self.credit.trigger_product_ids = self.soap
        self.assertEqual(self.credit._club_sold_products(), {self.soap.id})
        self.assertEqual(self.credit.rule_ids.filtered("club_grants").product_ids, self.tea)

    def test_rules_are_not_read_again_for_each_order(self):
        self._rule()
        self.credit._club_rules(self.tea, self.branch)
        self.credit._club_sold_products()
        with self.assertQueryCount(0):
            self.credit._club_rules(self.tea, self.branch)
            self.credit._club_sold_products()

    def test_more_than_the_purchase_is_not_granted(self):
        with self.assertRaisesRegex(ValidationError, "100 %"):
            self._rule(reward_point_amount=5)

    def test_points_rule_cannot_grant_credit(self):
        with self.assertRaisesRegex(ValidationError, "credit program"):
            self.program.rule_ids.club_grants = True

    def test_switching_a_new_rule_to_granting_does_not_give_the_purchase_for_nothing(self):
        view = "loyalty_club.loyalty_rule_view_form"
        with Form(self.env["loyalty.rule"].with_context(default_program_id=self.credit.id), view) as form:
            form.club_grants = True
            self.assertEqual(form.club_percent, 5)
            form.club_percent = 2.5
        self.assertEqual(form.record.reward_point_amount, 0.025)

    def test_a_manager_adds_a_granting_rule_on_the_program(self):
        manager = self._user("manager")
        selling = self.credit.rule_ids
        action = self.credit.with_user(manager).action_club_grants()
        rules = self.env["loyalty.rule"].with_user(manager).with_context(**action["context"])
        with Form(rules, "loyalty_club.loyalty_rule_view_form") as rule:
            self.assertEqual(rule.club_percent, 5)
            rule.club_percent = 3
            rule.minimum_amount = 50
            rule.club_branch_ids.add(self.branch)
        self.assertEqual(rules.search(action["domain"]), rule.record)
        granting = self.credit.rule_ids - selling
        self.assertEqual((granting.club_grants, granting.reward_point_amount), (True, 0.03))
        self.assertFalse(selling.club_grants)
        self.assertEqual(self._granted((self.tea, 100)), 3)
        self.assertEqual(self.credit.trigger_product_ids, selling.product_ids)
