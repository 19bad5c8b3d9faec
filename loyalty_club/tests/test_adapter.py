"""Core's own writes to points, contacts that merge, and programs that are taken over."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ClubCommon


@tagged("post_install", "-at_install")
class TestAdapter(ClubCommon):
    def test_points_written_by_core_become_an_entry(self):
        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self._member().partner_id.id}
        )
        card.points = 25
        card.points -= 5
        self.assertEqual(card.points, 20)
        self.assertEqual(card.club_account_ids.balance, 20)
        self.assertEqual(card.club_account_ids.posting_ids.entry_id.mapped("kind"), ["core", "core"])

    def test_a_card_created_with_points_starts_with_an_entry(self):
        card = self.env["loyalty.card"].create({"program_id": self.program.id, "points": 7})
        self.assertEqual((card.points, card.club_account_ids.balance), (7, 7))

    def test_a_card_of_another_program_stays_cores(self):
        program = self.env["loyalty.program"].create({"name": "Not ours", "program_type": "loyalty"})
        card = self.env["loyalty.card"].create({"program_id": program.id, "points": 7})
        card.points = -3
        self.assertEqual(card.points, -3)
        self.assertFalse(card.club_account_ids)

    def test_a_salesman_cannot_write_points(self):
        card = self._account(self._member()).card_id
        salesman = new_test_user(self.env, "salesman", groups="base.group_user,loyalty_club.group_club_officer")
        self.env["ir.model.access"].create(
            {
                "name": "all",
                "model_id": self.env.ref("loyalty.model_loyalty_card").id,
                "perm_read": 1,
                "perm_write": 1,
            }
        )
        with self.assertRaises(AccessError):
            card.with_user(salesman).points = 1000
        self.assertEqual(card.points, 0)

    def test_a_manager_cannot_write_more_points_than_one_person_may(self):
        self.club.adjust_limit = 50
        card = self._account(self._member()).card_id
        manager = new_test_user(self.env, "boss", groups="base.group_user,loyalty_club.group_club_manager")
        card.with_user(manager).points = 50
        with self.assertRaisesRegex(UserError, "second person"):
            card.with_user(manager).points = 101
        self.assertEqual(card.points, 50)

    def test_a_card_with_a_ledger_is_never_deleted(self):
        account = self._account(self._member())
        with self.assertRaises(UserError):
            account.card_id.unlink()

    def test_a_customer_is_told_when_the_balance_reaches_a_milestone(self):
        """Core writes at milestones; it must go on when the ledger moves the points."""
        template = self.env["mail.template"].create(
            {"name": "Milestone", "model_id": self.env.ref("loyalty.model_loyalty_card").id, "subject": "Reached"}
        )
        self.program.communication_plan_ids = [
            (0, 0, {"trigger": "points_reach", "points": 30, "mail_template_id": template.id})
        ]
        member = self._member()
        member.partner_id.email = "sara@example.com"
        mails = lambda: self.env["mail.mail"].search_count([("subject", "=", "Reached")])  # noqa: E731
        self._post(self._account(member), 29)
        self.assertEqual(mails(), 0)
        self._post(self._account(member), 1)
        self.assertEqual(mails(), 1)
        self._post(self._account(member), 5)
        self.assertEqual(mails(), 1)

    def test_overdrawing_through_core_is_refused(self):
        card = self._account(self._member()).card_id
        card.points = 10
        with self.assertRaises(UserError):
            card.points = -1
        self.assertEqual(card.points, 10)


@tagged("post_install", "-at_install")
class TestMerge(ClubCommon):
    def _merge(self, *partners):
        """Merge ``partners`` into the last one, as the wizard does."""
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in partners], partners[-1], extra_checks=False)

    def test_merging_two_members_moves_lots_with_their_issuer_and_leaves_one_member(self):
        """Row 20: a merge left two cards, or added points without a trace."""
        first, second = self._member(), self._member(name="Sara again")
        self._post(self._account(first), 30, branch_id=self.branch.id)
        self._post(self._account(second), 12)
        numbers = first.card_ids.mapped("number") + second.card_ids.mapped("number")
        self._merge(first.partner_id, second.partner_id)
        account = second._club_account(self.program)
        self.assertEqual(account.balance, 42)
        self.assertEqual(account.card_id.points, 42)
        self.assertEqual(account.lot_ids.filtered("origin_lot_id").branch_id, self.branch)
        self.assertEqual(first.state, "left")
        self.assertEqual(first.merged_into_id, second)
        self.assertEqual(set(second.card_ids.mapped("number")), set(numbers))
        self.assertEqual(self.env["loyalty.club.member"]._club_find(self.club, partner=second.partner_id), second)

    def test_merging_into_a_contact_who_is_no_member_keeps_the_member(self):
        member = self._member()
        self._post(self._account(member), 30)
        contact = self.env["res.partner"].create({"name": "Sara at home"})
        self._merge(member.partner_id, contact)
        self.assertEqual(member.partner_id, contact)
        self.assertEqual(member.state, "active")
        self.assertEqual(self.env["loyalty.card"].search([("partner_id", "=", contact.id)]).points, 30)

    def test_merging_carries_a_debt_along(self):
        first, second = self._member(), self._member()
        earned = self._post(self._account(first), 10)
        self._post(self._account(first), 10, "redeem")
        earned._club_reverse("undo", allow_debt=True)
        self._post(self._account(second), 4)
        self._merge(first.partner_id, second.partner_id)
        account = second._club_account(self.program)
        self.assertEqual((account.balance, account.debt), (-6, 6))

    def test_what_was_booked_before_a_merge_is_undone_where_the_balance_went(self):
        first, second = self._member(), self._member()
        earned = self._post(self._account(first), 30)
        spent = self._post(self._account(first), 10, "redeem")
        self._merge(first.partner_id, second.partner_id)
        account = second._club_account(self.program)
        self.assertEqual(account.balance, 20)
        spent._club_reverse("giveback after merge")
        self.assertEqual(account.balance, 30)
        earned._club_reverse("clawback after merge", allow_debt=True)
        self.assertEqual((account.balance, account.debt), (0, 0))

    def test_merging_is_no_way_out_of_a_block(self):
        first, second = self._member(), self._member()
        first.state = "blocked"
        self._merge(first.partner_id, second.partner_id)
        self.assertEqual(second.state, "blocked")


@tagged("post_install", "-at_install")
class TestAdoption(ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.env["loyalty.program"].create({"name": "Old points", "program_type": "loyalty"})
        Partner = cls.env["res.partner"]
        cls.ann = Partner.create({"name": "Ann", "phone": "+989121111111"})
        cls.bob = Partner.create({"name": "Bob", "phone": "0912 222 2222", "country_id": cls.env.ref("base.ir").id})
        cls.twin = Partner.create({"name": "Ann's twin", "phone": "0098 912 111 1111"})
        Card = cls.env["loyalty.card"]
        cls.cards = Card.create(
            [
                {"program_id": cls.old.id, "partner_id": cls.ann.id, "points": 100.5},
                {"program_id": cls.old.id, "partner_id": cls.ann.id, "points": 20},
                {"program_id": cls.old.id, "partner_id": cls.bob.id, "points": -15},
                {"program_id": cls.old.id, "partner_id": cls.twin.id, "points": 8},
                {"program_id": cls.old.id, "points": 3},
            ]
        )

    def _adopt(self):
        wizard = self.env["loyalty.club.adoption"].create({"club_id": self.club.id, "program_id": self.old.id})
        preview = (
            wizard.card_count,
            wizard.point_total,
            wizard.negative_count,
            wizard.double_count,
            wizard.bearer_count,
        )
        wizard.action_adopt()
        return preview

    def test_every_balance_is_taken_over_and_shown_before(self):
        """Row 44: opening points of an old system."""
        self.assertEqual(self._adopt(), (5, 116.5, 1, 1, 1))
        ann_card, double, bob_card, twin_card, bearer = self.cards
        self.assertEqual(ann_card.points, 120.5)
        self.assertFalse(double.active)
        self.assertEqual((bob_card.points, bob_card.club_account_ids.debt), (-15, 15))
        self.assertEqual((twin_card.points, bearer.points), (8, 3))
        self.assertEqual(self.club.points_program_id, self.old)

    def test_two_people_with_one_mobile_become_one_member_and_a_note(self):
        self._adopt()
        members = self.club.member_ids.filtered(lambda member: member.mobile == "+989121111111")
        self.assertEqual(members.partner_id, self.ann)
        notes = self.env["loyalty.club.exception"].search([("club_id", "=", self.club.id)])
        self.assertEqual(sorted(notes.mapped("kind")), ["negative", "same_mobile"])

    def test_a_program_is_not_exchanged_once_it_has_balances(self):
        self._post(self._account(self._member()), 1)
        wizard = self.env["loyalty.club.adoption"].create({"club_id": self.club.id, "program_id": self.old.id})
        with self.assertRaises(UserError):
            wizard.action_adopt()
        self.assertFalse(self.old.club_id)
