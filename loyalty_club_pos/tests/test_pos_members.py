"""Who is it, and join: the two calls of the till, by a cashier with the least rights."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import ClubPosCommon


@tagged("post_install", "-at_install")
class TestTillLookup(ClubPosCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = cls.till.with_user(cls.cashier)
        cls.member = cls._member(name="Sara Karimi", mobile="09121234567")

    def _one(self, term):
        answer = self.desk.club_identify(term)
        self.assertEqual(answer["status"], "member", answer["message"])
        return answer["members"][0]

    def test_a_member_is_found_by_mobile_in_any_form(self):
        for term in (
            "09121234567",
            "0912 123 4567",
            "+989121234567",
            "00989121234567",
            "۰۹۱۲۱۲۳۴۵۶۷",
            "٠٩١٢١٢٣٤٥٦٧",
            "9121234567",
        ):
            self.assertEqual(self._one(term)["member_id"], self.member.id, term)

    def test_a_member_is_found_by_card_and_by_name(self):
        card = self.member.card_ids
        self.assertEqual(self._one(card.number)["member_id"], self.member.id)
        self.assertEqual(
            self._one(" ".join(card.number[i : i + 4] for i in range(0, 16, 4)))["card"]["number"], card.number
        )
        self.assertEqual(self._one("karimi")["number"], self.member.number)

    def test_the_sheet_tells_balance_debt_note_and_what_dies(self):
        self._give(120)
        self.member.cashier_note = "Allergic to nuts"
        sheet = self._one("09121234567")
        account = sheet["accounts"][0]
        self.assertEqual(
            (account["balance"], account["available"], account["debt"], account["kind"]), (120, 120, 0, "points")
        )
        self.assertEqual((sheet["note"], sheet["name"], sheet["expiring"]), ("Allergic to nuts", "Sara Karimi", False))

    def test_the_answer_brings_what_the_till_has_not_loaded(self):
        self._give(120)
        records = self.desk.club_identify("09121234567")["records"]
        self.assertEqual(records["res.partner"][0]["id"], self.member.partner_id.id)
        self.assertEqual(records["loyalty.card"][0]["points"], 120)

    def test_an_unknown_mobile_can_join_in_one_step(self):
        answer = self.desk.club_identify("0935 000 1122")
        self.assertEqual((answer["status"], answer["mobile"]), ("unknown_mobile", "+989350001122"))
        joined = self.desk.club_join("0935 000 1122")
        self.assertTrue(joined["created"])
        member = self.env["loyalty.club.member"].browse(joined["members"][0]["member_id"])
        self.assertEqual(
            (member.joined_branch_id, member.joined_channel, member.joined_user_id), (self.branch, "till", self.cashier)
        )

    def test_joining_again_finds_the_member_and_makes_no_second_one(self):
        again = self.desk.club_join("+98 912 123 4567", "Somebody else")
        self.assertFalse(again["created"])
        self.assertEqual(again["members"][0]["member_id"], self.member.id)
        self.assertEqual(self.member.name, "Sara Karimi")

    def test_joining_takes_the_contact_that_is_there_already(self):
        """One person, one member: no second contact for a number that is known."""
        contact = self.env["res.partner"].create(
            {"name": "Reza", "phone": "0936 111 2233", "country_id": self.env.ref("base.ir").id}
        )
        joined = self.desk.club_join("۰۹۳۶۱۱۱۲۲۳۳")
        self.assertEqual(joined["members"][0]["partner_id"], contact.id)

    def test_a_number_that_is_no_mobile_is_refused_with_what_to_do(self):
        for number in ("021 8888 7777", "12345678", "0912"):
            with self.assertRaisesRegex(UserError, "mobile"):
                self.desk.club_join(number)

    def test_a_replaced_card_is_refused_with_the_reason(self):
        old = self.member.card_ids
        old._club_replace()
        answer = self.desk.club_identify(old.number)
        self.assertEqual(answer["status"], "card_refused")
        self.assertRegex(answer["message"], "replaced")
        self.assertEqual(self._one("09121234567")["card"]["number"], old.replaced_by_id.number)

    def test_a_card_in_stock_is_handed_out_while_joining(self):
        batch = self.env["loyalty.club.card.batch"].create({"name": "Plastic", "club_id": self.club.id, "quantity": 2})
        batch.action_make()
        number = batch.card_ids[:1].number
        self.assertEqual(self.desk.club_identify(number)["status"], "card_refused")
        joined = self.desk.club_join("0937 000 0000", "Mina", number)
        self.assertEqual(self._one(number)["member_id"], joined["members"][0]["member_id"])

    def test_a_mistyped_card_number_says_so_and_joins_nobody(self):
        with self.assertRaises(UserError):
            self.desk.club_join("0937 000 0000", "Mina", "9364123456789012")
        self.assertEqual(self.desk.club_identify("0937 000 0000")["status"], "unknown_mobile")

    def test_members_of_another_club_are_not_found(self):
        other = self._make_club(name="Other", currency_id=self.company_currency.id)
        self._member(other, name="Stranger", mobile="09121112222")
        self.assertEqual(self.desk.club_identify("09121112222")["status"], "unknown_mobile")

    def test_somebody_without_a_till_cannot_ask(self):
        stranger = new_test_user(self.env, "nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.till.with_user(stranger).club_identify("09121234567")

    def test_a_cashier_cannot_read_the_ledger_or_change_members(self):
        self._give(5)
        with self.assertRaises(AccessError):
            self.env["loyalty.club.posting"].with_user(self.cashier).search([])
        with self.assertRaises(AccessError):
            self.member.with_user(self.cashier).cashier_note = "x"

    def test_card_and_mobile_are_found_by_one_query_on_indexes(self):
        """Row 36: missing indexes. The plan must hold when the tables are large, so sequential scans are priced out."""
        self._give(5)
        partners = self.env["res.partner"].create([{"name": f"Crowd {number}"} for number in range(300)])
        crowd = [{"club_id": self.club.id, "partner_id": partner.id} for partner in partners]
        self.env["loyalty.club.member"].create(crowd)
        self.env.flush_all()
        # PostgreSQL has to know that there are many, or any index of the club is as good as another
        self.env.cr.execute("ANALYZE loyalty_club_member, loyalty_club_card")
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for term, index in (("09121234567", "mobile"), (self.member.card_ids.number, "number")):
            plans = []
            run = type(self.env).execute_query_dict

            def explain(env, query, plans=plans, run=run):
                plans.append("\n".join(row[0] for row in env.execute_query(SQL("EXPLAIN %s", query))))
                return run(env, query)

            self.patch(type(self.env), "execute_query_dict", explain)
            self.assertEqual(self.club._club_identify(term)["status"], "member")
            self.patch(type(self.env), "execute_query_dict", run)
            self.assertEqual(len(plans), 1)
            self.assertRegex(plans[0], rf"loyalty_club_\w+{index}\w*")
            self.assertNotIn("Seq Scan", plans[0])


@tagged("post_install", "-at_install")
class TestTillSetup(ClubPosCommon):
    def test_a_till_without_a_branch_gets_one_with_its_club(self):
        till = self.till.copy({"name": "Corner", "club_branch_id": False})
        self.assertFalse(till.club_branch_id)
        till.club_id = self.club
        self.assertEqual((till.club_branch_id.club_id, till.club_branch_id.company_id), (self.club, till.company_id))

    def test_scanned_cards_have_their_own_barcode_type(self):
        number = self.member.card_ids.number
        default = self.env.ref("barcodes.default_barcode_nomenclature")
        self.assertEqual(default.parse_barcode(number)["type"], "club_card")
        for other, kind in (("0420000000000", "client"), ("0440000000000", "coupon"), ("9312345678907", "product")):
            self.assertEqual(default.parse_barcode(other)["type"], kind)

    def test_cards_are_read_beside_gs1_barcodes(self):
        gs1 = self.env.ref("barcodes_gs1_nomenclature.default_gs1_nomenclature")
        self.company.nomenclature_id = gs1
        till = self.till.copy({"name": "GS1", "club_branch_id": False, "fallback_nomenclature_id": False})
        till.club_id = self.club
        number = self.member.card_ids.number
        parsed = gs1.parse_barcode(number)
        self.assertFalse(parsed and [part for part in parsed if part["type"] == "product"])
        self.assertEqual(till.fallback_nomenclature_id.parse_barcode(number)["type"], "club_card")

    def test_a_company_restricted_product_does_not_stop_the_till(self):
        """Row 22."""
        other = self.env["res.company"].create({"name": "Other company"})
        foreign = self.env["product.product"].create(
            {"name": "Foreign", "available_in_pos": True, "company_id": other.id}
        )
        self.program.rule_ids.product_ids = foreign | self.bread
        data = self.pos_session.with_user(self.cashier).load_data([])
        self.assertTrue(data["pos.config"][0]["_club"])
        self._sell([(self.bread, 1)])
        self.assertEqual(self._points(), 10)

    def test_the_till_loads_no_members_cards_or_ledger(self):
        """Row 35: opening the till got slow with the number of cards."""
        data = self.pos_session.with_user(self.cashier).load_data([])
        self.assertEqual(data["loyalty.card"], [])
        self.assertFalse([model for model in data if model.startswith("loyalty.club")])
        self.assertEqual(data["loyalty.program"][0]["club_id"], self.club.id)
