"""Who runs tills but no club changes nothing of what a club gives, and makes no points beside the ledger."""

from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestManaged(ClubPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # all that Odoo gives to who manages tills, and nothing of the club
        cls.boss = new_test_user(
            cls.env, "till_boss", groups="base.group_user,point_of_sale.group_pos_manager,product.group_product_manager"
        )
        cls.runner = new_test_user(
            cls.env,
            "club_runner",
            groups="base.group_user,loyalty_club.group_club_manager,point_of_sale.group_pos_manager",
        )

    def _sum(self):
        self.env.cr.execute("SELECT COALESCE(SUM(amount), 0) FROM loyalty_club_posting")
        return self.env.cr.fetchone()[0]

    def _refused_all(self, attacks):
        """Each attack is refused with a sentence, and nothing is left of it."""
        for name, attack in attacks.items():
            with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                attack()
                self.env.flush_all()

    def test_a_till_manager_takes_no_program_out_of_its_club_and_changes_none(self):
        program = self.program.with_user(self.boss)
        rule, reward = program.rule_ids, program.reward_ids
        self._refused_all(
            {
                "out of the club": lambda: program.write({"club_id": False}),
                "archived": lambda: program.action_archive(),
                "deleted": lambda: program.unlink(),
                "another type": lambda: program.write({"program_type": "ewallet"}),
                "for the current order": lambda: program.write({"applies_on": "current"}),
                "a limit": lambda: program.write({"limit_usage": True, "max_usage": 1}),
                "another kind": lambda: program.write({"club_kind": "credit"}),
                "rule by command": lambda: program.write(
                    {"rule_ids": [Command.update(rule.id, {"reward_point_amount": 1000})]}
                ),
                "rule": lambda: rule.write({"reward_point_amount": 1000}),
                "one more rule": lambda: rule.create({"program_id": program.id, "reward_point_amount": 1000}),
                "one more rule by default": lambda: rule.with_context(default_program_id=program.id).create(
                    {"reward_point_amount": 1000}
                ),
                "rule copied": lambda: rule.copy(),
                "rule deleted": lambda: rule.unlink(),
                "reward": lambda: reward.write({"required_points": 1}),
                "one more reward": lambda: reward.create({"program_id": program.id, "required_points": 1}),
                "reward deleted": lambda: reward.unlink(),
                "a letter": lambda: (
                    self.env["loyalty.mail"]
                    .with_user(self.boss)
                    .create({"program_id": program.id, "trigger": "create", "mail_template_id": self._letter().id})
                ),
                "products that sell": lambda: self.gifts.with_user(self.boss).write(
                    {"trigger_product_ids": [Command.set(self.bread.ids)]}
                ),
                "imported": lambda: self._load(program, ["id", "name"], [[self._xmlid(program), "Mine"]]),
            }
        )
        self.assertEqual((self.program.club_id, self.program.active), (self.club, True))

    def test_a_foreign_rule_is_not_moved_into_a_club_s_program(self):
        other = self.env["loyalty.program"].with_user(self.boss).create({"name": "Own", "program_type": "loyalty"})
        rule = other.rule_ids.create({"program_id": other.id, "reward_point_amount": 1000})
        with self.assertRaises(AccessError):
            rule.program_id = self.program.id

    def test_a_program_is_not_made_into_a_club_by_value_or_default(self):
        Program = self.env["loyalty.program"].with_user(self.boss)
        with self.assertRaises(AccessError):
            Program.create({"name": "Mine", "program_type": "loyalty", "club_id": self.club.id})
        made = Program.with_context(default_club_id=self.club.id).create({"name": "Mine", "program_type": "loyalty"})
        self.assertFalse(made.club_id)
        for user in (self.boss, self.runner):
            with self.assertRaises(AccessError):
                made.with_user(user).write({"club_id": self.club.id})

    def test_programs_of_nobody_s_club_are_changed_as_before(self):
        program = self.env["loyalty.program"].with_user(self.boss).create({"name": "Own", "program_type": "loyalty"})
        program.write({"name": "Still own", "limit_usage": True, "max_usage": 3})
        program.rule_ids.write({"reward_point_amount": 2})
        card = self.env["loyalty.card"].with_user(self.boss).create({"program_id": program.id, "points": 5})
        card.write({"points": 7, "code": "OWN-CODE"})
        self.assertEqual((program.name, card.points, card.code), ("Still own", 7, "OWN-CODE"))

    def test_a_club_s_manager_changes_its_programs(self):
        program = self.program.with_user(self.runner)
        program.write({"limit_usage": False, "portal_point_name": "Stars"})
        program.rule_ids.write({"reward_point_amount": 2})
        self.assertEqual(self.program.rule_ids.reward_point_amount, 2)

    def test_a_program_with_balances_stays_of_its_kind_also_for_managers(self):
        self._give(10)
        program = self.program.with_user(self.runner)
        for values in ({"program_type": "ewallet"}, {"club_kind": "credit"}):
            with self.assertRaisesRegex(UserError, "has balances"), self.env.cr.savepoint():
                program.write(values)
        program.write({"program_type": "loyalty", "club_kind": "points"})

    def test_cards_with_points_are_not_made_beside_the_ledger(self):
        before, partner = self._sum(), self.bread.env["res.partner"].create({"name": "Friend"})
        Card = self.env["loyalty.card"].with_user(self.boss)
        values = {"program_id": self.program.id, "partner_id": partner.id}
        defaults = {"default_points": 1000, "default_program_id": self.program.id}
        self._refused_all(
            {
                "by value": lambda: Card.create({**values, "points": 1000}),
                "by default": lambda: Card.with_context(default_points=1000).create(values),
                "by defaults alone": lambda: Card.with_context(**defaults).create({"partner_id": partner.id}),
                "by the active program": lambda: Card.with_context(active_id=self.program.id).create({"points": 9}),
                "without points": lambda: Card.create(values),
                "imported": lambda: self._load(
                    Card, ["program_id/.id", "partner_id/.id", "points"], [[str(self.program.id), str(partner.id), "9"]]
                ),
                "generated": lambda: (
                    self.env["loyalty.generate.wizard"]
                    .with_user(self.boss)
                    .create({"program_id": self.program.id, "mode": "anonymous", "coupon_qty": 2, "points_granted": 50})
                    .generate_coupons()
                ),
            }
        )
        self.assertEqual(self._sum(), before)
        self.assertFalse(self.env["loyalty.card"].search([("partner_id", "=", partner.id)]))

    def test_a_manager_s_card_with_points_by_default_is_posted(self):
        partner = self.env["res.partner"].create({"name": "Guest", "phone": "09125550011"})
        before = self._sum()
        card = (
            self.env["loyalty.card"]
            .with_user(self.runner)
            .with_context(default_points=7)
            .create({"program_id": self.program.id, "partner_id": partner.id})
        )
        self.assertEqual((card.points, self._sum() - before), (7, 7))
        self.assertEqual(card.sudo().club_account_ids.balance, 7)

    def test_a_managed_card_is_not_renamed_hidden_moved_or_deleted_at_a_till(self):
        self._give(100)
        card = self._account(self.member).card_id
        own = self.env["loyalty.program"].create({"name": "Own", "program_type": "loyalty"})
        for user in (self.boss, self.cashier):
            mine = card.with_user(user)
            self._refused_all(
                {
                    "code": lambda mine=mine: mine.write({"code": "STOLEN"}),
                    "archived": lambda mine=mine: mine.write({"active": False}),
                    "ended": lambda mine=mine: mine.write({"expiration_date": "2000-01-01"}),
                    "moved": lambda mine=mine: mine.write({"program_id": own.id}),
                    "given away": lambda mine=mine: mine.write({"partner_id": self.cashier.partner_id.id}),
                    "points": lambda mine=mine: mine.write({"points": 1}),
                    "deleted": lambda mine=mine: mine.unlink(),
                    "history": lambda mine=mine: (
                        self.env["loyalty.history"]
                        .with_user(mine.env.user)
                        .create({"card_id": mine.id, "description": "Gift", "issued": 1000})
                    ),
                }
            )
        self.assertTrue(card.active)

    def test_a_card_of_another_program_does_not_slip_into_a_club_s(self):
        own = self.env["loyalty.program"].create({"name": "Own", "program_type": "loyalty"})
        card = self.env["loyalty.card"].create({"program_id": own.id, "points": 1000})
        for user in (self.boss, self.runner):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                card.with_user(user).write({"program_id": self.program.id})

    def test_a_till_gives_no_points_to_a_managed_card_under_another_program(self):
        own = self.env["loyalty.program"].create({"name": "Own", "program_type": "loyalty"})
        self._give(10)
        card, before = self._account(self.member).card_id, self._sum()
        order = self._sell([(self.bread, 1)]).with_user(self.cashier)
        earned = self._sum()
        attacks = {
            "as the key": {str(card.id): {"program_id": own.id, "points": 1000, "partner_id": False}},
            "as the coupon": {"-1": {"program_id": own.id, "points": 1000, "coupon_id": card.id}},
            "no numbers": {"x": {"program_id": "y"}},
        }
        for name, data in attacks.items():
            with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                order.confirm_coupon_programs(data)
        self.assertGreater(earned, before)
        self.assertEqual(self._sum(), earned)

    # -- payment methods --------------------------------------------------------------------------------

    def test_a_method_that_was_paid_with_stays_what_it_is(self):
        self._load_credit(100)
        self._pay([(self.bread, 1)], {"credit": 10})
        self._close()  # Odoo itself keeps methods while a till is open
        method = self.methods["credit"]
        other = method.journal_id.copy({"code": "OTH"})
        account = method.outstanding_account_id.copy({"code": "299999"})
        keeper = self.env["res.users"].browse(self.runner.id)
        keeper.group_ids |= self.env.ref("account.group_account_manager")
        for user in (keeper, self.env.user):
            mine = method.with_user(user)
            for values in (
                {"club_kind": "gift"},
                {"club_kind": False, "use_payment_terminal": False},
                {"journal_id": other.id},
                {"outstanding_account_id": account.id},
            ):
                with self.assertRaisesRegex(UserError, "has payments already"), self.env.cr.savepoint():
                    mine.write(values)
        method.name = "Credit of the club"

    def test_cash_with_payments_does_not_become_a_club_s_method(self):
        self._sell([(self.bread, 1)])
        self._close()
        method = self.methods["gift"]
        used = self.cash_pm1
        with self.assertRaises(UserError):
            used.write(
                {
                    "club_kind": "gift",
                    "use_payment_terminal": "loyalty_club",
                    "journal_id": method.journal_id.id,
                    "outstanding_account_id": method.outstanding_account_id.id,
                }
            )

    def test_a_till_manager_sets_up_no_club_method(self):
        method = self.methods["gift"]
        values = {
            "name": "Mine",
            "club_kind": "gift",
            "payment_method_type": "terminal",
            "use_payment_terminal": "loyalty_club",
            "journal_id": method.journal_id.id,
            "outstanding_account_id": method.outstanding_account_id.id,
        }
        Method = self.env["pos.payment.method"].with_user(self.boss)
        rest = {name: value for name, value in values.items() if name not in ("club_kind", "use_payment_terminal")}
        self._refused_all(
            {
                "made": lambda: Method.create(values),
                "by default": lambda: Method.with_context(
                    default_club_kind="gift", default_use_payment_terminal="loyalty_club"
                ).create(rest),
                "copied": lambda: method.with_user(self.boss).copy(),
                "another kind": lambda: method.with_user(self.boss).write({"club_kind": "prepaid"}),
                "another journal": lambda: method.with_user(self.boss).write(
                    {"journal_id": self.methods["credit"].journal_id.copy({"code": "OT2"}).id}
                ),
                "deleted": lambda: method.with_user(self.boss).unlink(),
            }
        )

    # -- helpers --------------------------------------------------------------------------------

    def _letter(self):
        return self.env["mail.template"].search([("model", "=", "loyalty.card")], limit=1)

    def _xmlid(self, record):
        name = f"x_{record.id}"
        self.env["ir.model.data"].create({"name": name, "module": "attack", "model": record._name, "res_id": record.id})
        return f"attack.{name}"

    def _load(self, model, names, rows):
        """Import as the import screen does; what it refuses is a message."""
        answer = model.load(names, rows)
        if not answer["ids"]:
            raise UserError(str(answer["messages"]))
