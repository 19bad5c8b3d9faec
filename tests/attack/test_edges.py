"""Edges of what comes in: calls from where no till is, balances in bulk, foreign dialogs, NUL, huge files, and answers
that tell by their time."""

import base64
import hashlib
import io
import json
import tracemalloc
import zipfile
from unittest.mock import patch

from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.addons.loyalty_club.tools import gift_code, sheet
from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestEdges(ClubPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "reads_tills", groups="base.group_user")
        cls.env["ir.model.access"].create(
            {
                "name": "tills are read by everybody",
                "model_id": cls.env["ir.model"]._get_id("pos.config"),
                "group_id": cls.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        cls.officers = [
            new_test_user(cls.env, f"edge_officer{number}", groups="loyalty_club.group_club_officer")
            for number in (1, 2)
        ]

    # -- tills --------------------------------------------------------------------------------

    def test_who_only_reads_tills_makes_no_members_and_sends_no_codes(self):
        self._load_credit(100)
        partner, members = self.member.partner_id.id, self.env["loyalty.club.member"].search_count([])
        calls = {
            "club_join": ("09121112233", "Friend"),
            "club_join_code": ("09121112233",),
            "club_join_confirm": ("09121112233", "123456"),
            "club_identify": (self.member.mobile,),
            "club_sheet": (partner,),
            "club_credit_of": ([partner],),
            "club_cards_of": ([partner],),
            "club_proof_look": (partner, self.credit.id, 10, "x"),
            "club_proof_send": (partner, self.credit.id, 10, "x"),
            "club_proof_confirm": (partner, "x", "123456"),
            "club_proof_pin": (partner, self.credit.id, 10, "x", "1234"),
            "club_pay_look": ("credit", partner),
            "club_pay_cancel": ("x",),
            "club_gift_balance": ("0000-0000-0000-0000",),
        }
        for method, arguments in calls.items():
            with self.assertRaises(AccessError, msg=method):
                self._till_call(method, *arguments, user=self.reader)
        self.assertEqual(self.env["loyalty.club.member"].search_count([]), members)
        self.assertFalse(self.env["loyalty.club.proof"].search([]))
        self.assertEqual(self._till_call("club_identify", self.member.mobile)["status"], "member")

    # -- balances --------------------------------------------------------------------------------

    def test_a_cashier_reads_no_balances_in_bulk(self):
        self._give(70)
        self._load_credit(40)
        card = self._account(self.member).card_id
        Card = self.env["loyalty.card"].with_user(self.cashier)
        self.assertFalse(Card.search_read([("program_id", "=", self.program.id)], ["points", "partner_id"]))
        self.assertFalse(Card.search([("points", ">", 0), ("program_id.club_id", "!=", False)]))
        with self.assertRaises(AccessError):
            card.with_user(self.cashier).read(["points"])
        for model in ("loyalty.club.account", "loyalty.club.lot", "loyalty.club.posting", "loyalty.club.ledger.report"):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(self.cashier).search([])
        with self.assertRaises(AccessError):
            self.env["loyalty.club.gift"].with_user(self.cashier).search_read([], ["balance"])
        with self.assertRaises(AccessError):
            self.env["loyalty.club.member"].with_user(self.cashier).search_read([], ["club_credit_used"])

    def test_members_in_bulk_come_without_balances_and_those_of_a_look_up_with_them(self):
        self._give(70)
        many = [self._member(name=f"Person {number}") for number in range(12)]
        Member = self.env["loyalty.club.member"].with_user(self.cashier)
        self.env.invalidate_all()
        rows = Member.search_read([("id", "in", [self.member.id, *(one.id for one in many)])], ["points_display"])
        self.assertEqual({row["points_display"] for row in rows}, {False})
        self.env.invalidate_all()
        self.assertIn("70", Member.browse(self.member.id).points_display)

    def test_a_till_tells_balances_of_the_customers_it_shows_and_no_more(self):
        self._give(70)
        self._load_credit(40)
        partner = self.member.partner_id
        self.assertEqual(self._till_call("club_credit_of", [partner.id]), {str(partner.id): 40})
        [card] = self._till_call("club_cards_of", [partner.id])["loyalty.card"]
        self.assertEqual((card["points"], card["partner_id"]), (70, partner.id))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["res.partner"].create({"name": "Hidden", "company_id": elsewhere.id})
        for method in ("club_credit_of", "club_cards_of"):
            with self.assertRaisesRegex(UserError, "200 customers"):
                self._till_call(method, list(range(1, 202)))
            with self.assertRaises(AccessError):
                self._till_call(method, [hidden.id])

    # -- dialogs --------------------------------------------------------------------------------

    def test_dialogs_are_read_by_whoever_opened_them(self):
        first, second = self.officers
        wizard = (
            self.env["loyalty.club.enrol"]
            .with_user(first)
            .create({"club_id": self.club.id, "mobile": "09120009999", "name": "Private"})
        )
        self.assertEqual(wizard.mobile, "09120009999")
        self.env.invalidate_all()
        theirs = wizard.with_user(second)
        self.assertFalse(theirs.search([("id", "=", wizard.id)]))
        for attack in (
            lambda: theirs.read(["mobile"]),
            lambda: theirs.write({"name": "x"}),
            lambda: theirs.action_enrol(),
            lambda: theirs.unlink(),
        ):
            with self.assertRaises(AccessError):
                attack()

    def test_every_dialog_of_ours_has_such_a_rule(self):
        ours = [
            name
            for name, model in self.registry.items()
            if model._transient
            and model._original_module.startswith("loyalty_club")
            and name.startswith("loyalty.club")
        ]
        self.assertGreater(len(ours), 10)
        rules = self.env["ir.rule"].sudo().search([("domain_force", "like", "create_uid"), ("groups", "=", False)])
        self.assertEqual(set(ours) - set(rules.model_id.mapped("model")), set(), "write a rule in wizard_rules.xml")

    # -- files --------------------------------------------------------------------------------

    def _file(self, content):
        return self.env["loyalty.club.audience.file"].create(
            {"name": "List", "club_id": self.club.id, "content": base64.b64encode(content), "filename": "list.csv"}
        )

    def test_a_file_of_a_million_rows_is_refused_while_it_is_read(self):
        content = b"mobile\n" + b"09121234567\n" * 1_000_000
        tracemalloc.start()
        with self.assertRaises(sheet.TooManyRows):
            for _row in sheet.read_rows(content, most=500_000):
                pass
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertLess(peak, 6_000_000, "read row by row, not as a whole")
        with self.assertRaisesRegex(UserError, "more than 500000 rows"):
            self._file(content).action_read()

    def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(self):
        packed = io.BytesIO()
        with (
            zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book,
            book.open("xl/worksheets/sheet1.xml", "w") as part,
        ):
            for _time in range(400):
                part.write(b" " * 1_000_000)
        self.assertLess(len(packed.getvalue()), 1_000_000)
        with (
            patch.object(zipfile.ZipExtFile, "read", side_effect=AssertionError("it was unpacked")),
            self.assertRaisesRegex(UserError, "too large once unpacked"),
        ):
            self._file(packed.getvalue()).action_read()

    # -- the same work --------------------------------------------------------------------------------

    def _work(self, call):
        """(queries, slow hashes) of a call."""
        slow = []
        real = hashlib.pbkdf2_hmac
        with patch.object(gift_code.hashlib, "pbkdf2_hmac", lambda *args: slow.append(1) or real(*args)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            return self.env.cr.sql_log_count - before, len(slow)

    def test_a_code_that_is_known_and_refused_costs_as_much_as_an_unknown_one(self):
        batch = self.env["loyalty.club.gift.batch"].create(
            {
                "name": "B",
                "club_id": self.club.id,
                "branch_id": self.branch.id,
                "quantity": 2,
                "value": 10,
                "with_pin": True,
                "activation": "now",
            }
        )
        drawn = batch._club_hand_out()
        [(_stopped, stopped, pin), (_locked, locked, right)] = drawn
        drawn[0][0]._club_disable("Lost")
        self.club.sudo().write({"code_tries": 1000, "code_tries_address": 1000})
        ways = {
            "unknown": ("0000-1111-2222-3333", "1234"),
            "stopped": (stopped, pin),
            "wrong PIN": (locked, "0000" if right != "0000" else "1111"),
            "no PIN": (locked, False),
        }
        self._till_call("club_gift_balance", "4444-1111-2222-3333", "1234")  # whatever is read once and remembered
        work = {
            way: self._work(lambda code=code, pin=pin: self._till_call("club_gift_balance", code, pin))
            for way, (code, pin) in ways.items()
        }
        self.assertEqual(set(work.values()), {work["unknown"]}, work)
        self.assertEqual(work["unknown"][1], 1)

    def test_joining_on_the_web_costs_the_same_for_a_number_that_is_known(self):
        Member = self.env["loyalty.club.member"]
        referrer, known = self.member, self._member(name="Known")
        members = Member.search_count([])

        def join(mobile):
            Member._club_join_on_web(self.club, mobile, "Some Body", referrer)
            self.env.flush_all()

        new, old = (self._work(lambda mobile=mobile: join(mobile)) for mobile in ("09129998877", known.mobile))
        self.assertEqual(Member.search_count([]), members + 1, "the work for the known number left nothing")
        self.assertGreaterEqual(old[0], new[0])
        self.assertLess(old[0], new[0] * 1.5)


@tagged("standard", "post_install", "-at_install")
class TestNul(ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club()
        cls.member = cls._member(name="Sara")
        cls.clerk = new_test_user(
            cls.env, "nul_clerk", password="nul_clerk", groups="base.group_user,point_of_sale.group_pos_user"
        )

    def test_nul_in_a_path_is_not_found(self):
        self.authenticate("nul_clerk", "nul_clerk")
        for path in (
            "/club/join/a%00b",
            "/c/a%00b",
            "/c/a%00b/2",
            "/loyalty_club_sms/callback/a%00b",
            "/loyalty_club/codes/gift/1/a%00b.csv",
            "/loyalty_club/batch/1.c%00v",
            "/my/club%00",
            "/my/club/1/bot/te%00",
            "/nowhere/%00",
        ):
            self.assertEqual(self.url_open(path, allow_redirects=False).status_code, 404, path)

    def test_nul_in_a_query_or_a_form_is_a_bad_request(self):
        self.authenticate("nul_clerk", "nul_clerk")
        for path in (
            f"/club/join/{self.member.referral_code}?name=a%00b",
            "/my/club?x=%00",
            "/my/club/1/transfer?receiver=%00",
        ):
            self.assertEqual(self.url_open(path, allow_redirects=False).status_code, 400, path)
        page = self.url_open(f"/club/join/{self.member.referral_code}")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"name": "A\0b", "mobile": "09121234567", "csrf_token": token}
        answer = self.url_open(f"/club/join/{self.member.referral_code}", data=form, allow_redirects=False)
        self.assertEqual(answer.status_code, 400)

    @mute_logger("odoo.http")
    def test_nul_in_a_call_is_refused_with_a_sentence(self):
        self.authenticate("nul_clerk", "nul_clerk")
        for model, method, arguments in (
            ("pos.config", "club_identify", [[1], "a\0b"]),
            ("pos.config", "club_join", [[1], "0912\0"]),
            ("pos.config", "club_pay_start", [[1], "x", "y\0", "credit", 1]),
            ("pos.order", "sync_from_ui", [[{"uuid": "\0"}]]),
            ("loyalty.club.member", "search_read", [[["name", "=", "\0"]]]),
        ):
            call = {"model": model, "method": method, "args": arguments, "kwargs": {}}
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": call}),
                headers={"Content-Type": "application/json"},
            ).json()
            self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.UserError", method)
            self.assertIn("NUL", answer["error"]["data"]["message"])
