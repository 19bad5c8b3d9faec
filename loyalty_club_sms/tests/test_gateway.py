"""Gateways as records: lines, settings, rights, tests and balances. All through false gateways."""

import logging
from pathlib import Path
from uuid import uuid4

from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..gateways import DRIVERS, Text
from .fake import FAKES, FakeKavenegar
from .fake.generic import OPTIONS
from .messages import make_gateway

SARA = "+989121111111"


@tagged("post_install", "-at_install")
class TestGateway(ClubCommon):
    def setUp(self):
        super().setUp()
        self.fake = self.enterContext(FakeKavenegar())
        self.gateway = make_gateway(self.env, self.fake)
        self.company = self.gateway.company_id

    def line(self, purpose, branch=None):
        return self.env["loyalty.club.gateway"]._club_line(self.company, purpose, branch)

    def deliver(self, purpose="service", body="Hello"):
        line = self.line(purpose)
        return line.gateway_id._club_deliver(line, [Text(uuid4().hex, SARA, body)])[0]

    # lines

    def test_the_first_gateway_of_a_company_is_the_one_in_use(self):
        self.assertEqual(self.company.club_gateway_id, self.gateway)
        other = make_gateway(self.env, self.fake, name="Other")
        self.assertEqual(self.company.club_gateway_id, self.gateway)
        other.is_default = True
        self.assertEqual(self.company.club_gateway_id, other)
        self.assertFalse(self.gateway.is_default)
        other.is_default = False
        self.assertFalse(self.company.club_gateway_id)

    def test_each_purpose_has_its_line_and_advertising_no_other(self):
        lines = self.gateway.line_ids
        self.assertEqual([self.line(purpose) for purpose in ("code", "service", "advertising")], list(lines))
        lines.filtered(lambda line: line.purpose in ("code", "advertising")).unlink()
        self.assertEqual(self.line("code").purpose, "service")
        self.assertFalse(self.line("advertising"), "advertising on a service line is fined")

    def test_a_branch_with_its_own_line_uses_it(self):
        other = self.env["loyalty.club.branch"].create({"club_id": self.club.id, "name": "Other", "code": "O"})
        own = self.gateway.line_ids.create(
            {"gateway_id": self.gateway.id, "number": "500", "purpose": "service", "branch_ids": other.ids}
        )
        self.assertEqual(self.line("service", other), own)
        self.assertNotEqual(self.line("service", self.branch), own)
        self.assertNotEqual(self.line("service"), own)

    def test_an_archived_gateway_has_no_lines(self):
        self.gateway.active = False
        self.assertFalse(self.line("service"))

    def test_a_branch_company_without_a_gateway_uses_its_parents(self):
        child = self.env["res.company"].create({"name": "Child", "parent_id": self.company.id})
        self.assertEqual(self.env["loyalty.club.gateway"]._club_line(child, "service"), self.line("service"))
        stranger = self.env["res.company"].create({"name": "Stranger"})
        self.assertFalse(self.env["loyalty.club.gateway"]._club_line(stranger, "service"))

    def test_the_opt_out_text_is_under_each_message_of_its_line(self):
        self.line("advertising").opt_out_text = "لغو11"
        self.deliver("advertising", "Sale!")
        self.deliver("service", "Thanks")
        self.assertEqual(self.fake.got(SARA), ["Sale!\nلغو11", "Thanks"])

    def test_a_code_goes_as_the_vendors_template(self):
        self.line("code").write({"template": "code", "template_value": "token"})
        self.assertEqual(self.deliver("code", "۴۸۲۱۳ رمز شماست").state, "accepted")
        self.deliver("code", "No code in it")
        self.deliver("service", "48213 points")
        self.assertEqual(self.fake.got(SARA), ["code: 48213", "No code in it", "48213 points"])
        # the vendor's templates know no number of ours
        self.assertFalse(self.line("code")._club_is_idempotent())
        self.assertTrue(self.line("service")._club_is_idempotent())
        self.assertNotIn(self.gateway, self.env["loyalty.club.gateway"]._club_idempotent())

    # every driver, as a record

    def test_every_gateway_sends_as_a_record(self):
        for code in DRIVERS:
            with self.subTest(code), FAKES[code]() as fake:
                gateway = self.record(code, fake)
                line = gateway.line_ids[0]
                [outcome] = gateway._club_deliver(line, [Text(uuid4().hex, SARA, "سلام")])
                self.assertEqual((outcome.state, outcome.line_id), ("accepted", line.id), outcome)
                self.assertEqual(fake.got(SARA), ["سلام"])
                gateway.action_balance()
                self.assertEqual(gateway.balance, fake.credit)

    def record(self, code, fake):
        values = {"username": fake.user, "password": fake.password}
        if code in ("melipayamak", "melipayamak_soap"):
            values["api_key"] = False
        if code == "generic":
            values |= {
                "send_url": OPTIONS["send_url"],
                "headers": "X-Token: Token {key}",
                "body_template": OPTIONS["body"],
                "number_form": "bare",
                "success_path": OPTIONS["success_path"],
                "success_value": OPTIONS["success_value"],
                "id_path": OPTIONS["id_path"],
                "error_path": OPTIONS["error_path"],
                "codes": "\n".join(f"{code} = {reason}" for code, reason in OPTIONS["codes"].items()),
                "status_url": OPTIONS["status_url"],
                "status_path": OPTIONS["status_path"],
                "status_map": "\n".join(f"{word} = {state}" for word, state in OPTIONS["status_map"].items()),
                "balance_url": OPTIONS["balance_url"],
                "balance_path": OPTIONS["balance_path"],
            }
        return make_gateway(self.env, fake, code, **values)

    def test_delivering_writes_nothing(self):
        self.env.flush_all()
        with self.assertQueryCount(0):
            outcome = self.deliver()
        self.assertEqual(outcome.state, "accepted")

    # settings

    def test_what_is_missing_is_said(self):
        self.assertFalse(self.gateway.missing)
        self.gateway.api_key = False
        self.gateway.line_ids.unlink()
        self.assertEqual(self.gateway.missing, "API key, a line")

    def test_settings_that_cannot_work_are_refused(self):
        other = make_gateway(self.env, self.fake, name="Other", fallback_id=self.gateway.id)
        foreign = make_gateway(self.env, self.fake, company=self.env["res.company"].create({"name": "Foreign"}))
        for record, values in (
            (self.gateway, {"fallback_id": other.id}),
            (self.gateway, {"fallback_id": foreign.id}),
            (self.gateway, {"company_id": foreign.company_id.id}),
            (self.gateway, {"base_url": "ftp://x"}),
            (self.gateway, {"codes": "418 = nonsense"}),
            (self.gateway, {"codes": "nonsense"}),
            (self.gateway, {"status_map": "x = nonsense"}),
            (self.gateway, {"body_template": "{"}),
        ):
            with self.subTest(values), self.assertRaises(ValidationError), self.env.cr.savepoint():
                record.write(values)

    def test_a_key_in_a_bad_header_is_not_repeated(self):
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            self.gateway.headers = "s3cret-without-a-name"
        self.assertNotIn("s3cret", str(caught.exception))

    def test_the_form_asks_for_what_the_vendor_needs(self):
        form = Form(self.env["loyalty.club.gateway"])
        shown = {}
        for vendor in DRIVERS:
            form.type = vendor
            shown[vendor] = [
                name
                for name in ("api_key", "username", "password", "send_url")
                if not form._get_modifier(name, "invisible")
            ]
        self.assertEqual(shown["kavenegar"][:1], ["api_key"])
        self.assertNotIn("password", shown["kavenegar"])
        self.assertNotIn("api_key", shown["melipayamak_soap"])
        self.assertIn("password", shown["melipayamak_soap"])
        self.assertIn("username", shown["generic"])
        form.type, form.name, form.api_key = "kavenegar", "By hand", "x"
        with form.line_ids.new() as line:
            line.number, line.purpose = "10004346", "service"
        self.assertFalse(form.missing)
        form.save()

    # rights

    def test_nobody_but_the_administrator_reads_credentials(self):
        for role in ("officer", "manager", "auditor"):
            gateway = self.gateway.with_user(self._user(role))
            self.assertEqual(gateway.name, "Gateway")
            for field in ("api_key", "password", "username", "base_url", "headers", "callback_token", "callback_url"):
                with self.subTest(role=role, field=field), self.assertRaises(AccessError):
                    gateway.read([field])
            with self.assertRaises(AccessError):
                gateway.write({"timeout": 1})
            with self.assertRaises(AccessError):
                gateway.line_ids.write({"number": "1"})
        with self.assertRaises(AccessError):
            self.gateway.with_user(self._user("cashier")).read(["name"])

    def test_gateways_of_other_companies_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Foreign"})
        foreign = make_gateway(self.env, self.fake, company=company)
        seen = self.env["loyalty.club.gateway"].with_user(self._user("manager")).search([])
        self.assertIn(self.gateway, seen)
        self.assertNotIn(foreign, seen)

    def test_only_managers_test_and_ask(self):
        officer = self.gateway.with_user(self._user("officer"))
        with self.assertRaises(AccessError):
            officer.action_balance()
        with self.assertRaises(AccessError):
            self.wizard(officer)

    # test and balance

    def wizard(self, gateway=None, number="0912 111 1111"):
        gateway = gateway or self.gateway
        form = Form(gateway.env["loyalty.club.gateway.test"].with_context(default_gateway_id=gateway.id))
        form.number = number
        test = form.save()
        test.action_send()
        return test

    def test_a_manager_sends_a_test_and_sees_what_became_of_it(self):
        manager = self.gateway.with_user(self._user("manager"))
        test = self.wizard(manager)
        self.assertEqual(test.state, "accepted")
        self.assertEqual(self.fake.got(SARA), [test.body])
        self.fake.key = "another"
        test = self.wizard(manager)
        self.assertEqual(test.state, "later")
        self.assertIn("does not accept the key", test.answer)
        self.assertNotIn("k3y", test.answer)

    def test_a_test_to_no_mobile_sends_nothing(self):
        for number in ("021 8877 6655", "nonsense"):
            with self.assertRaises(UserError):
                self.wizard(number=number)
        self.assertFalse(self.fake.calls)

    def test_a_low_balance_warns_once_for_each_fall(self):
        self.gateway.write({"balance_low": 1000, "user_id": self.env.ref("base.user_admin").id})

        def ask(credit):
            self.fake.credit = credit
            with self.enter_registry_test_mode():
                self.env.ref("loyalty_club_sms.ir_cron_gateway_balance").method_direct_trigger()
            self.env.invalidate_all()
            return len(self.gateway.activity_ids)

        self.assertEqual([ask(credit) for credit in (1000, 999, 500, 5000, 10)], [0, 1, 1, 0, 1])
        self.assertEqual(self.gateway.balance, 10)

    def test_a_balance_that_is_not_told_is_a_message_without_the_key(self):
        self.fake.key = "another"
        with self.assertRaises(UserError) as caught:
            self.gateway.action_balance()
        self.assertNotIn("k3y", str(caught.exception))

    def test_no_key_is_in_any_log(self):
        with self.assertLogs(level="DEBUG") as logs:
            logging.getLogger().info("start")
            self.deliver()
            self.fake.fail("malformed")
            self.deliver()
            self.fake.key = "another"
            self.deliver()
        self.assertFalse([line for line in logs.output if "k3y" in line])

    def test_a_copy_of_the_database_sends_nothing(self):
        self.env.flush_all()
        self.env.cr.execute((Path(__file__).parents[1] / "data" / "neutralize.sql").read_text())
        self.env.invalidate_all()
        self.assertFalse(self.company.club_gateway_id)
        self.assertFalse(self.gateway.active)
        for field in ("api_key", "password", "username", "base_url", "headers", "send_url", "body_template"):
            self.assertFalse(self.gateway[field], field)
