"""Members on orders: who earns and spends, who may join, several companies, least rights, merged contacts."""

from datetime import datetime
from decimal import Decimal

from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import ClubSaleCommon


@tagged("post_install", "-at_install")
class TestSaleMember(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env, login="club_salesman", groups="sales_team.group_sale_salesman", company_id=cls.company.id
        )

    def test_a_stranger_earns_nothing_until_he_joins(self):
        stranger = self.env["res.partner"].create({"name": "Stranger", "phone": "09121234567"})
        order = self._order(partner=stranger, user_id=self.salesman.id)
        self.assertEqual((order.club_state, order.club_will_earn), ("stranger", False))
        order.action_confirm()
        self._assert_totals(order, 0)
        order.with_user(self.salesman).action_club_join()
        member = stranger.club_member_ids
        self.assertEqual((member.joined_channel, member.joined_user_id), ("sale", self.salesman))
        self._assert_totals(order, 40)
        self.assertEqual((order.club_state, order.club_earned), ("active", "40 points"))
        order._action_cancel()
        self.assertEqual(self._balance(member), 0)

    def test_the_public_visitor_joins_the_club(self):
        order = self._order(partner=self.env.ref("base.public_partner"))
        with self.assertRaises(UserError):
            order.action_club_join()

    def test_a_blocked_member_spends_and_earns(self):
        self._give(100)
        order = self._order()
        self._claim(order)
        self.member._club_set_state("blocked")
        with self.assertRaisesRegex(UserError, self.member.number), self.env.cr.savepoint():
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        order.order_line.filtered("reward_id").unlink()
        order.action_confirm()
        self._assert_totals(order, 0)
        self.assertEqual(order.club_state, "blocked")

    def test_a_member_blocked_later_keeps_what_he_gives_back(self):
        order = self._order()
        order.action_confirm()
        self.member._club_set_state("blocked")
        order._action_cancel()
        self.assertEqual(self._balance(), 0)

    def test_rewards_are_offered_to_a_blocked_member(self):
        self._give(100)
        self.member._club_set_state("blocked")
        order = self._order()
        order._update_programs_and_rewards()
        self.assertFalse(order._get_claimable_rewards())

    def test_a_contact_cannot_use_what_his_company_has(self):
        company = self.env["res.partner"].create({"name": "Company", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": company.id})
        member = self.env["loyalty.club.member"]._club_enrol(self.club, partner=company)[0]
        self._give(30, member=member)
        order = self._order(partner=contact)
        self._claim(order)
        order.action_confirm()
        self._assert_totals(order, 35, 20)
        self.assertEqual(self._balance(member), 45)
        self.assertEqual(len(member.account_ids.card_id), 1)
        self.assertFalse(self.env["loyalty.card"].search([("partner_id", "=", contact.id)]))

    def test_a_contact_with_his_own_membership_feeds_his_company(self):
        company = self.env["res.partner"].create({"name": "Company", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": company.id})
        members = [self.env["loyalty.club.member"]._club_enrol(self.club, partner=p)[0] for p in (company, contact)]
        self._order(partner=contact).action_confirm()
        self.assertEqual([self._balance(member) for member in members], [0, 40])

    def test_a_foreign_balance_pays_the_reward(self):
        self._give(100)
        other = self._member(name="Reza")
        order = self._order()
        self._claim(order)
        order.partner_id = other.partner_id
        with self.assertRaisesRegex(UserError, "Sara"), self.env.cr.savepoint():
            order.action_confirm()

    def test_merged_contacts_have_two_cards_and_cannot_cancel(self):
        """Row 20: after a merge the order's points are where the member is now, lots and all."""
        end = datetime(2099, 1, 1)
        self._post(self._account(self.member), 20, new_lots=(NewLot(Decimal(20), expires_at=end),))
        order = self._order()
        self._claim(order)
        order.action_confirm()
        target = self._member(name="Sara again")
        own = self._give(50, member=target).lot_ids
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((self.partner | target.partner_id).ids, target.partner_id, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(order.partner_id, target.partner_id)
        self.assertEqual(self._balance(target), 85)
        order._action_cancel()
        self.assertEqual((self._balance(target), self._balance()), (70, 0))
        self.assertEqual(own.remaining, 50, "what was never part of the order is left alone")
        self.assertEqual(self._account(target).lot_ids.filtered("remaining").mapped("expires_at"), [end, False])
        self.assertFalse(self._account(target).debt or self._account(self.member).debt)
        self.assertEqual(len(self.env["loyalty.card"].search([("partner_id", "=", target.partner_id.id)])), 1)

    # -- companies (row 21) --------------------------------------------------------------------------------------------

    def test_a_salesman_of_a_branch_is_refused_the_cards_of_its_company(self):
        """Row 21: the company, its branch and a stranger; the salesman has the least rights."""
        branch = self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        other = self.setup_other_company(name="Other company")["company"]
        self.program.company_id = self.company
        self._give(20)
        user = new_test_user(
            self.env,
            login="branch_salesman",
            groups="sales_team.group_sale_salesman",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        order = self._order(company_id=branch.id, user_id=user.id).with_user(user).with_company(branch)
        order.invalidate_recordset()
        self.assertEqual((order.club_state, order.club_member_number), ("active", self.member.number))
        self._claim(order, self.program.sudo().reward_ids)
        order.action_confirm()
        self.env.invalidate_all()
        self._assert_totals(order.with_user(self.env.user), 35, 20)
        order._action_cancel()
        self.assertEqual(self._balance(), 20)
        foreign = self._order(company_id=other.id)
        self.assertEqual(foreign.club_state, "none")
        foreign.action_confirm()
        self._assert_totals(foreign, 0)

    def test_a_club_of_two_companies_serves_both(self):
        other = self.setup_other_company(name="Other company")["company"]
        self.program.company_id = False
        self.club.company_ids = self.company | other
        order = self._order(company_id=other.id)
        order.action_confirm()
        self._assert_totals(order, 40)
        self.club.company_ids = self.company
        second = self._order(company_id=other.id)
        second.action_confirm()
        self._assert_totals(second, 0)

    def test_a_salesman_without_club_rights_cannot_sell_to_members(self):
        self._give(100)
        order = self._order(user_id=self.salesman.id).with_user(self.salesman)
        self._claim(order, self.program.reward_ids)
        order.action_confirm()
        order.order_line.filtered(lambda line: not line.reward_id).product_uom_qty = 5
        self._assert_totals(order.with_user(self.env.user), 45, 20)
        self.assertEqual(self._entries(order.with_user(self.env.user))[0].user_id, self.salesman)
        order._action_cancel()
        self.assertEqual(self._balance(), 100)

    def test_a_salesman_writes_the_weights_of_his_order(self):
        order = self._order(user_id=self.salesman.id).with_user(self.salesman)
        with self.assertRaises(AccessError):
            order.write({"club_score": {"followed": self.program.ids, "weights": {str(self.program.id): {"1": "9"}}}})
        with self.assertRaises(AccessError):
            self.env["loyalty.club.entry"].with_user(self.salesman).search([])

    def test_the_form_shows_the_member_to_a_salesman(self):
        self._give(100)
        form = Form(self.env["sale.order"].with_user(self.salesman))
        form.partner_id = self.partner.with_user(self.salesman)
        self.assertEqual((form.club_state, form.club_member_number), ("active", self.member.number))
        self.assertEqual(form.club_balance, "100 points")
        with form.order_line.new() as line:
            line.product_id = self.goods.with_user(self.salesman)
            line.product_uom_qty = 3
        self.assertEqual(form.club_will_earn, "30 points")
        order = form.save()
        self.assertEqual(order.club_branch_id.id, self.branch.id)
