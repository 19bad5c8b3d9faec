"""A card's code is money. After each way to hand one out the whole database and the files of the test are searched."""

import re
from contextlib import contextmanager

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.loyalty_club.tools.gift_code import clean, new_code, pretty
from odoo.addons.loyalty_club.tools.sealed import unseal
from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")
PLACE = "[[club-code]]"


@tagged("post_install", "-at_install")
class TestCodes(ClubPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.officer = new_test_user(cls.env, "gift_officer", groups="loyalty_club.group_club_officer")
        cls.attachments = cls.env["ir.attachment"].sudo().search([], order="id desc", limit=1).id

    def setUp(self):
        super().setUp()
        self.codes = []
        self.down, self.to = False, []
        server = self.registry["ir.mail_server"]
        self.patch(server, "_disable_send", lambda _server: False)
        self.patch(server, "_connect__", lambda _server, **_values: None)
        self.patch(server, "send_email", lambda _server, message, **_values: self._mail_server(message))

    def _mail_server(self, message):
        """The world outside: what arrives here is what a customer finds."""
        self.to.append(message["To"])
        text = str(message.get_body(("plain",)).get_content())
        self.codes.extend(sorted(set(CODE.findall(text))))
        if self.down:
            raise MailDeliveryException("The mail server is down")
        return message["Message-Id"]

    # -- the search --------------------------------------------------------------------------------

    def _tables(self):
        self.env.cr.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""
        )
        return [name for (name,) in self.env.cr.fetchall()]

    def _where(self, *codes):
        """Tables and files in which one of the codes stands, in any form; every column of every type is looked at."""
        self.env.flush_all()
        forms = {form for code in codes for form in (clean(code), pretty(clean(code)))}
        patterns = [f"%{form}%" for form in forms] + [f"%{form.encode().hex()}%" for form in forms]
        found = []
        for table in self._tables():
            self.env.cr.execute(
                SQL("SELECT count(*) FROM %s x WHERE x::text ILIKE ANY(%s)", SQL.identifier(table), patterns)
            )
            if self.env.cr.fetchone()[0]:
                found.append(table)
        files = self.env["ir.attachment"].sudo().with_context(active_test=False)
        for attachment in files.search([("id", ">", self.attachments), ("res_field", "in", [False, "raw", "datas"])]):
            if any(form.encode() in (attachment.raw or b"") for form in forms):
                found.append(f"file of {attachment.name}")
        return found

    def _opens(self, code):
        return self.env["loyalty.club.gift"].sudo()._club_read(self.club, code)[0]

    @contextmanager
    def _mail_server_down(self):
        self.down = True
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            yield
        self.down = False

    # -- ways --------------------------------------------------------------------------------

    def _give(self, delivery, user=None, **values):
        wizard = (
            self.env["loyalty.club.gift.give"]
            .with_user(user or self.officer)
            .create(
                {
                    "club_id": self.club.id,
                    "branch_id": self.branch.id,
                    "value": 300,
                    "reason": "Present",
                    "delivery": delivery,
                    "recipient_email": "friend@example.com",
                    "recipient_mobile": "+989127654321",
                    **values,
                }
            )
        )
        answer = wizard.action_give()
        gift = self.env["loyalty.club.gift"].search([], order="id desc", limit=1)
        return gift, answer

    def _sell_by_order(self, quantity=1):
        partner = self.member.partner_id
        partner.email = "sara@example.com"
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.sold["gift"].id,
                            "product_uom_qty": quantity,
                            "price_unit": 300,
                            "tax_ids": [],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.order_line.qty_delivered = quantity
        invoice = order._create_invoices()
        invoice.action_post()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.env.cr.flush()
        return order, order.order_line._club_cards()

    # -- tests --------------------------------------------------------------------------------

    def test_the_search_finds_a_code_that_is_somewhere(self):
        """A search that finds nothing anywhere would prove nothing."""
        code = new_code()
        self.env["res.partner"].create({"name": f"Code {pretty(code)}"})
        self.env["ir.attachment"].create({"name": "sheet", "raw": f"x {code}".encode()})
        self.assertEqual(sorted(self._where(code))[0], "file of sheet")
        self.assertIn("res_partner", self._where(code))

    def test_a_code_by_e_mail_is_nowhere_while_it_waits_nor_after_it_went(self):
        gift, _answer = self._give("email")
        [code] = self.codes
        self.assertEqual((self._opens(code), self.to), (gift, ["friend@example.com"]))
        self.assertEqual(self._where(code), [])

    def test_a_mail_that_failed_shows_nobody_a_code(self):
        """A cashier read two codes of 300.00 in the messages of undelivered mails."""
        with self._mail_server_down():
            order, cards = self._sell_by_order(2)
        self.assertEqual((len(cards), len(self.codes)), (2, 2))
        self.assertEqual(self._where(*self.codes), [])
        mails = cards.sudo().code_mail_id
        self.assertEqual(set(mails.mapped("state")), {"exception"})
        shown = str(mails.mapped("body_html")) + str(mails.mail_message_id.mapped("body"))
        self.assertIn(PLACE, shown)
        self.assertFalse(CODE.findall(shown))
        self.assertEqual(set(cards.mapped("code_mail")), {"failed"})
        told = self.env["loyalty.club.exception"].search([("origin_model", "=", "loyalty.club.gift")])
        self.assertEqual(set(told.mapped("origin_id")), set(cards.ids))

    def test_a_failed_mail_means_a_new_code_on_request_and_the_old_one_stops(self):
        with self._mail_server_down():
            _order, card = self._sell_by_order()
        [lost] = self.codes
        answer = card.action_send_code()
        self.assertIn("The old one is dead", answer["params"]["message"])
        code = self.codes[-1]
        self.assertNotEqual(code, lost)
        self.assertEqual((self._opens(lost), self._opens(code)), (self.env["loyalty.club.gift"], card))
        self.assertEqual((card.code_mail, self._where(*self.codes)), (False, []))

    def test_odoo_s_own_retry_sends_a_code_that_works(self):
        with self._mail_server_down():
            _order, card = self._sell_by_order()
        mail = card.sudo().code_mail_id
        mail.action_retry()
        mail.send()
        self.assertEqual(len(self.codes), 2)
        self.assertEqual(
            (self._opens(self.codes[0]), self._opens(self.codes[1])), (self.env["loyalty.club.gift"], card)
        )

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_mail_of_a_card_that_was_stopped_meanwhile_carries_nothing(self):
        with self._mail_server_down():
            _order, card = self._sell_by_order()
        card._club_disable("Reported")
        mail = card.sudo().code_mail_id
        before = list(self.codes)
        mail.action_retry()
        mail.send()
        self.assertEqual((self.codes, mail.state), (before, "exception"))
        self.assertIn("was used or stopped", mail.failure_reason)

    def test_whoever_writes_the_placeholder_into_a_mail_gets_no_code(self):
        gift, _answer = self._give("email")
        self.codes.clear()
        mail = (
            self.env["mail.mail"]
            .with_context(default_code_mail_id=gift.id)
            .create(
                {
                    "model": "loyalty.club.gift",
                    "res_id": gift.id,
                    "body_html": f"<p>{PLACE}</p>",
                    "subject": PLACE,
                    "email_to": "thief@example.com",
                    "auto_delete": False,
                }
            )
        )
        mail.send()
        self.assertEqual(self.codes, [])
        for user in (self.officer, self.cashier, self.env.user):
            with self.assertRaises(AccessError):
                gift.with_user(user).write({"code_mail_id": mail.id})

    def test_only_a_manager_sends_new_codes(self):
        gift, _answer = self._give("email")
        for user in (self.officer, self.cashier):
            with self.assertRaises(AccessError):
                gift.with_user(user).action_send_code()
        gift._club_disable("Lost")
        with self.assertRaisesRegex(UserError, "used or stopped"):
            gift.action_send_code()

    def test_a_code_by_sms_is_sealed_while_it_waits(self):
        gift, _answer = self._give("text")
        self.env.cr.execute(
            "SELECT secret ->> 'sealed' FROM loyalty_club_message WHERE why LIKE %s", [f"%{gift.serial}"]
        )
        sealed = self.env.cr.fetchone()[0]
        text = unseal(self.env["loyalty.club.gift"]._club_key(), sealed)["body"]
        code = CODE.search(text).group()
        self.assertEqual(self._opens(code), gift)
        self.assertEqual(self._where(code), [])
        self.assertEqual(unseal("the key of another database", sealed), {})

    def test_a_printed_code_is_in_the_answer_only(self):
        gift, answer = self._give("print")
        self.assertEqual(answer["type"], "ir.actions.act_url")
        drawn = gift._club_hand_out()
        self.env["loyalty.club.gift"]._club_pdf(drawn)
        self.assertEqual(self._where(drawn[0][1]), [])

    def test_codes_of_a_batch_are_in_the_answer_only(self):
        batch = self.env["loyalty.club.gift.batch"].create(
            {"name": "Spring", "club_id": self.club.id, "quantity": 5, "value": 10, "with_pin": True}
        )
        drawn = batch._club_hand_out()
        self.env["loyalty.club.gift"]._club_sheet_rows(drawn)
        again = batch._club_hand_out()
        self.assertEqual(self._where(*(code for _card, code, _pin in drawn + again)), [])

    def test_a_code_of_the_till_passes_through(self):
        data = self._order([(self.sold["gift"], 1)])
        code = new_code()
        order = self._send({**data, "club_codes": {data["lines"][0][2]["uuid"]: [pretty(code)]}})
        self.assertTrue(order.lines.club_gift_ids)
        self.assertEqual(self._opens(code), order.lines.club_gift_ids)
        self._till_call("club_gift_balance", pretty(code))
        self.assertEqual(self._where(code), [])

    def test_a_code_that_pays_an_invoice_is_not_kept(self):
        self._give("email")
        [code] = self.codes
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.member.partner_id.id,
                "invoice_line_ids": [Command.create({"product_id": self.bread.id, "price_unit": 50, "tax_ids": []})],
            }
        )
        invoice.action_post()
        book = self.club._club_book("gift", self.company)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": book.payment_journal_id.id, "club_code": code, "amount": 50})
        )
        self.env.flush_all()
        self.assertEqual(self._where(code), [])
        wizard._create_payments()
        self.assertEqual(self._where(code), [])

    def test_campaigns_hand_out_no_gift_cards(self):
        """Personal codes of campaigns are Odoo's coupons, which customers may read; never a club's money."""
        campaign = self.env["loyalty.club.campaign"]
        for program in (self.gifts, self.prepaid, self.credit, self.program):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                campaign.create(
                    {"name": "Codes", "club_id": self.club.id, "kind": "codes", "coupon_program_id": program.id}
                )
