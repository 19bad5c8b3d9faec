"""Four eyes at the office and online: much value goes back only when a second person allowed it on the document."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_value import ClubValueCommon


@tagged("post_install", "-at_install")
class TestSaleRefundApproval(ClubValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.refund_limit = 50
        groups = "base.group_user,account.group_account_invoice"
        cls.clerk = new_test_user(cls.env, "refund_clerk", groups=groups)
        cls.boss = new_test_user(cls.env, "refund_boss", groups=f"{groups},loyalty_club.group_club_manager")

    def _note(self, lines=None, quantity=None):
        """A credit note of an invoice that was paid with money."""
        invoice = self._billed(lines)
        self._pay(invoice)
        return self._credit(invoice, quantity)

    def _back(self, amount):
        """A draft payment to credit without a credit note."""
        return self.env["account.payment"].create(
            {
                "journal_id": self.journals["credit"].id,
                "partner_id": self.partner.id,
                "partner_type": "customer",
                "payment_type": "outbound",
                "amount": amount,
            }
        )

    def _post(self, payment):
        payment.action_post()
        self._commit()

    def _refused(self):
        return self.assertRaisesRegex(UserError, "Another person")

    def test_a_large_credit_note_becomes_credit_by_one_person_alone(self):
        note = self._note()
        with self._refused(), self.env.cr.savepoint():
            self._register(note)
        self.assertEqual((self._credit_balance(), note.amount_residual), (0, 100))
        with self.assertRaises(AccessError):
            note.with_user(self.clerk).action_club_allow_refund()
        note.action_club_allow_refund()
        with self._refused(), self.env.cr.savepoint():  # by himself
            self._register(note)
        note.with_user(self.boss).action_club_allow_refund()
        self._register(note)
        self.assertEqual((self._credit_balance(), note.club_refund_allowed_by_id), (100, self.boss))

    def test_many_small_credit_notes_of_one_sale_avoid_the_limit(self):
        invoice = self._billed([(self.goods, 10, 10)])
        self._pay(invoice)
        self._register(self._credit(invoice, 3))
        again = self._credit(invoice, 3)
        with self._refused(), self.env.cr.savepoint():
            self._register(again)
        self._register(again, 20)
        self.assertEqual(self._credit_balance(), 50)

    def test_payments_without_a_credit_note_avoid_the_limit(self):
        payment = self._back(60)
        with self._refused(), self.env.cr.savepoint():
            self._post(payment)
        payment.with_user(self.boss).action_club_allow_refund()
        self._post(payment)
        with self._refused(), self.env.cr.savepoint():  # of the same day
            self._post(self._back(10))
        self.assertEqual(self._credit_balance(), 60)

    def test_an_allowance_is_used_for_another_amount(self):
        payment = self._back(60)
        payment.with_user(self.boss).action_club_allow_refund()
        payment.amount = 600
        self.assertFalse(payment.club_refund_allowed_by_id)
        note = self._note()
        note.with_user(self.boss).action_club_allow_refund()
        note.button_draft()
        self.assertFalse(note.club_refund_allowed_by_id)

    def test_a_clerk_writes_the_allowance_himself(self):
        payment = self._back(60)
        with self.assertRaises(AccessError):
            payment.with_user(self.clerk).write({"memo": "mine", "club_refund_allowed_by_id": self.boss.id})
        payment.with_user(self.clerk).write({"memo": "mine", "club_refund_allowed_by_id": False})
        self.assertEqual((payment.memo, payment.club_refund_allowed_by_id.id), ("mine", False))
        values = {**payment.copy_data()[0], "club_refund_allowed_by_id": self.boss.id}
        self.assertFalse(payment.with_user(self.clerk).create(values).club_refund_allowed_by_id)

    def test_without_a_limit_nobody_is_asked(self):
        self.club.sudo().refund_limit = 0  # set up by the server: for a person it holds a day later
        self._register(self._note())
        self.assertEqual(self._credit_balance(), 100)
