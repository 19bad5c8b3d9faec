"""Who writes below Odoo: PostgreSQL refuses it, and what somebody does with the guards off shows in the check.

Long because the attacks of one kind are read side by side.

Each attack is tried with the rights of the database's owner, on a till's real sales. With the guards off it is only
asked whether the check turns red, and whether it names what was touched.
"""

import json
import re
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import uuid4

import check
import psycopg2

from odoo import fields
from odoo.addons.loyalty_club.rules.chain import jsonb_text
from odoo.addons.loyalty_club.rules.movement import NewLot
from odoo.addons.loyalty_club.tests.common import ClubCommon
from odoo.addons.loyalty_club.tools.guards import triggers
from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools import file_open, mute_logger


class Owner:
    """What the owner of the database can do."""

    def _refused(self, query, *params):
        """A guard of ours refuses this, whoever asks; not some other constraint by chance."""
        self.env.flush_all()
        refusal = self.assertRaisesRegex(psycopg2.errors.RestrictViolation, "Loyalty Club", msg=query)
        with refusal, self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env.cr.execute(query, params)

    @contextmanager
    def _guards_off(self):
        """The superuser of PostgreSQL switches the guards off; all that is done in here is undone at the end."""
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET LOCAL session_replication_role = replica")
            yield
            self.env.cr.execute("SET LOCAL session_replication_role = origin")
            savepoint.rollback()
        self.env.invalidate_all(flush=False)

    def _broken(self):
        self.env.invalidate_all()
        return {failure["invariant"]: failure for failure in self.env["loyalty.club.check"]._club_check()["failures"]}

    def _red(self, invariant, query, *params):
        """With the guards off this is done, and the check says so under ``invariant``."""
        with self._guards_off():
            self.env.cr.execute(query, params)
            self.assertGreater(self.env.cr.rowcount, 0, "the attack touched nothing")
            self.assertIn(invariant, self._broken(), query)

    def _green(self):
        self.assertEqual(self._broken(), {})


class TestIdentities(Owner, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club.action_club_make_credit_program()
        cls.member, cls.thief = cls._member(name="Sara"), cls._member(name="Omid")
        cls.account = cls._account(cls.member)
        cls._post(cls.account, 685)
        cls.other = cls._make_club(name="Other club")

    def test_points_do_not_change_hands(self):
        query = "UPDATE loyalty_club_account SET member_id = %s WHERE id = %s"
        self._refused(query, self.thief.id, self.account.id)
        self._refused("UPDATE loyalty_club_account SET member_id = NULL WHERE id = %s", self.account.id)
        self._red("identity", query, self.thief.id, self.account.id)

    def test_an_account_nobody_owns_goes_to_the_member_of_its_card_only(self):
        guest = self.env["res.partner"].create({"name": "Guest"})
        card = self.env["loyalty.card"].create({"program_id": self.program.id, "partner_id": guest.id, "points": 30})
        account = card.club_account_ids
        self.assertFalse(account.member_id)
        self._refused("UPDATE loyalty_club_account SET member_id = %s WHERE id = %s", self.thief.id, account.id)
        member = self._member(partner=guest)
        account.invalidate_recordset()
        self.assertEqual((account.member_id, account.balance), (member, 30.0), "joining goes on as before")

    def test_an_account_stays_in_its_club_program_card_and_kind(self):
        card = self._account(self.thief).card_id
        for column, value in (
            ("kind", "credit"),
            ("club_id", self.other.id),
            ("program_id", self.other.points_program_id.id),
            ("card_id", card.id),
            ("branch_id", self.branch.id),
        ):
            query = f"UPDATE loyalty_club_account SET {column} = %s WHERE id = %s"
            self._refused(query, value, self.account.id)
            if column != "card_id":  # each card has one account: an index refuses it all the same
                self._red("identity", query, value, self.account.id)

    def test_a_card_with_a_ledger_stays_with_its_person_and_program(self):
        card = self.account.card_id
        for column, value in (
            ("partner_id", self.thief.partner_id.id),
            ("program_id", self.other.points_program_id.id),
        ):
            query = f"UPDATE loyalty_card SET {column} = %s WHERE id = %s"
            self._refused(query, value, card.id)
            self._red("identity", query, value, card.id)

    def test_a_program_with_balances_stays_with_its_club(self):
        for column, value in (("club_id", None), ("club_id", self.other.id), ("club_kind", "credit")):
            query = f"UPDATE loyalty_program SET {column} = %s WHERE id = %s"
            self._refused(query, value, self.program.id)
            self._red("identity", query, value, self.program.id)

    def test_a_member_is_not_moved_to_another_club_or_merged_anew(self):
        self._refused("UPDATE loyalty_club_member SET club_id = %s WHERE id = %s", self.other.id, self.member.id)
        self._red(
            "identity",
            "UPDATE loyalty_club_member SET partner_id = %s WHERE id = %s",
            self.env["res.partner"].create({"name": "Nobody"}).id,
            self.member.id,
        )
        self.member._club_merge_into(self.thief)
        self._refused("UPDATE loyalty_club_member SET merged_into_id = NULL WHERE id = %s", self.member.id)

    def test_a_card_number_opens_nobody_elses_account(self):
        number = self.member.card_ids
        for column, value in (("member_id", self.thief.id), ("member_id", None), ("number", "9" * 16)):
            self._refused(f"UPDATE loyalty_club_card SET {column} = %s WHERE id = %s", value, number.id)
        self._refused("UPDATE loyalty_club_card SET club_id = %s WHERE id = %s", self.other.id, number.id)
        self._red("numbers", "UPDATE loyalty_club_card SET club_id = %s WHERE id = %s", self.other.id, number.id)
        self.member._club_merge_into(self.thief)
        self.env.flush_all()
        self.assertEqual(number.member_id, self.thief)

    def test_a_hold_was_placed_when_it_was(self):
        hold = self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(20), "hold", datetime(2040, 1, 1))
        self._refused("UPDATE loyalty_club_hold SET placed_at = '2020-01-01' WHERE id = %s", hold.id)

    def test_merging_contacts_goes_on_whoever_is_kept(self):
        stranger = self.env["res.partner"].create({"name": "Sara"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.member.partner_id.id, stranger.id], stranger)
        self._green()
        self.assertEqual((self.member.partner_id, self.account.card_id.partner_id), (stranger, stranger))
        wizard._merge([stranger.id, self.thief.partner_id.id], self.thief.partner_id)
        self._green()
        self.assertEqual(self._account(self.thief).balance, 685.0)


class TestLives(Owner, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"club_life": "idle", "club_life_count": 30})
        cls.member = cls._member()
        cls.account = cls._account(cls.member)
        cls.visit = cls._post(cls.account, 100, branch_id=cls.branch.id, occurred_at=datetime(2026, 1, 1, 9))
        cls.lot = cls.account.lot_ids

    def test_no_rolling_lot_gets_ten_years(self):
        for end in ("2036-01-01", "2026-02-03"):
            self._refused("UPDATE loyalty_club_lot SET expires_at = %s WHERE id = %s", end, self.lot.id)
            self._refused(
                "UPDATE loyalty_club_lot SET expires_at = %s, rolled_by_id = %s WHERE id = %s",
                end,
                self.visit.id,
                self.lot.id,
            )
        self._red("life", "UPDATE loyalty_club_lot SET expires_at = '2036-01-01' WHERE id = %s", self.lot.id)

    def test_a_visit_moves_the_end_and_only_so_far(self):
        visit = self._post(self.account, 1, branch_id=self.branch.id, occurred_at=datetime(2026, 1, 20, 9))
        self.assertEqual((self.lot.expires_at.date().isoformat(), self.lot.rolled_by_id), ("2026-02-20", visit))
        self._green()
        self._refused("UPDATE loyalty_club_lot SET expires_at = '2026-02-22' WHERE id = %s", self.lot.id)
        self._red("life", "UPDATE loyalty_club_lot SET expires_at = '2026-02-22' WHERE id = %s", self.lot.id)

    def test_a_till_whose_clock_is_years_ahead_moves_it_no_further_than_today(self):
        lot = self._post(self.account, 5, branch_id=self.branch.id).lot_ids
        self._post(self.account, 1, branch_id=self.branch.id, occurred_at=fields.Datetime.now() + timedelta(days=3650))
        self.assertLess(lot.expires_at, fields.Datetime.now() + timedelta(days=32))
        self._green()

    def test_the_visit_of_somebody_else_moves_nothing(self):
        other = self._account(self._member())
        visit = self._post(other, 1, branch_id=self.branch.id, occurred_at=datetime(2026, 1, 20, 9))
        query = "UPDATE loyalty_club_lot SET expires_at = '2026-02-19 21:00', rolled_by_id = %s WHERE id = %s"
        self._refused(query, visit.id, self.lot.id)
        self._red("life", query, visit.id, self.lot.id)

    def test_an_adjustment_is_no_visit(self):
        made = self._post(self.account, 1, kind="adjust", incoming=True, occurred_at=datetime(2026, 1, 20, 9))
        query = "UPDATE loyalty_club_lot SET expires_at = '2026-02-19 21:00', rolled_by_id = %s WHERE id = %s"
        self._refused(query, made.id, self.lot.id)

    def test_what_a_lot_was_opened_with_is_in_the_chain(self):
        for column, value in (
            ("usable_from", "2020-01-01"),
            ("opened_until", "2036-01-01"),
            ("idle_days", 3000),
            ("origin_lot_id", self.lot.id),
        ):
            self._refused(f"UPDATE loyalty_club_lot SET {column} = %s WHERE id = %s", value, self.lot.id)
            self._red("chain", f"UPDATE loyalty_club_lot SET {column} = %s WHERE id = %s", value, self.lot.id)
        self._red("chain", "UPDATE loyalty_club_lot SET branch_id = NULL WHERE id = %s", self.lot.id)

    def test_another_end_with_another_beginning_is_seen_too(self):
        lot = self._post(self.account, 7, new_lots=(NewLot(Decimal(7), expires_at=datetime(2027, 1, 1)),)).lot_ids
        self._red("life", "UPDATE loyalty_club_lot SET expires_at = '2037-01-01' WHERE id = %s", lot.id)
        query = "UPDATE loyalty_club_lot SET expires_at = '2037-01-01', opened_until = '2037-01-01' WHERE id = %s"
        self._red("chain", query, lot.id)


class TestChain(Owner, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._account(cls._member())
        cls.entry = cls._post(
            cls.account,
            100,
            branch_id=cls.branch.id,
            origin=("res.partner", cls.env.user.partner_id.id),
            reason="سبد خرید | a “reason”",
            details={"weights": {"b-2": 0.1, "a": [1, None, True]}, "نام": 'é\n"x"', "small": 1e-7, "big": 1e22},
        )

    def test_the_check_reads_the_chain_of_any_details(self):
        self._green()

    def test_python_writes_json_as_postgresql_shows_it(self):
        """Floats, unicode, control characters, nesting, keys of all lengths: one text on both sides."""
        rng = Random(20260321)
        letters = 'aé\u200cب"\\/\n\t\x01\x1f\x7f 😀|:,{}[]'

        def word():
            return "".join(rng.choice(letters) for _letter in range(rng.randint(0, 4)))

        def value(depth):
            kind = rng.randint(0, 8 if depth < 3 else 6)
            if kind == 7:
                return [value(depth + 1) for _item in range(rng.randint(0, 3))]
            if kind == 8:
                return {word(): value(depth + 1) for _item in range(rng.randint(0, 4))}
            numbers = (rng.uniform(-1, 1) * 10 ** rng.randint(-30, 30), rng.randint(-(10**20), 10**20), 0.0, -0.0, 1.50)
            return (None, True, False, word(), rng.choice(numbers), word(), rng.choice(numbers))[kind]

        cases = [value(0) for _case in range(500)] + [
            {1: "a", "1": "b", None: 2, 2.5: 4},
            {True: 3, False: []},
            {},
            [],
            1e300,
            5e-324,
        ]
        for case in cases:
            self.env.cr.execute("SELECT %s::jsonb::text", [json.dumps(case)])
            self.assertEqual(jsonb_text(case), self.env.cr.fetchone()[0], repr(case))

    def test_who_when_why_and_how_cannot_be_rewritten(self):
        user = self._user("officer")
        for column, value in (
            ("user_id", user.id),
            ("occurred_at", "2020-01-01"),
            ("posted_at", "2020-01-01"),
            ("origin_model", "pos.order"),
            ("origin_id", 1),
            ("reason", "another"),
            ("branch_id", None),
            ("company_id", None),
            ("documented", True),
            ("details", json.dumps({"weights": {}})),
            ("details", None),
            ("key", "another"),
            ("kind", "load"),
            ("reversal_of_id", self.entry.id),
        ):
            query = f"UPDATE loyalty_club_entry SET {column} = %s WHERE id = %s"
            self._refused(query, value, self.entry.id)
            self._red("chain", query, value, self.entry.id)

    def test_an_entry_is_not_given_to_another_club(self):
        other = self._make_club(name="Other club")
        self._red("entry", "UPDATE loyalty_club_entry SET club_id = %s WHERE id = %s", other.id, self.entry.id)

    def test_words_do_not_move_from_one_field_to_the_next(self):
        query = "UPDATE loyalty_club_entry SET key = key || '|earn', reason = substr(reason, 2) WHERE id = %s"
        self._red("chain", query, self.entry.id)

    def _remove(self, entry):
        """Take the newest entry of an account away so well that nothing of the account shows it."""
        run = self.env.cr.execute
        run("DELETE FROM loyalty_club_posting WHERE entry_id = %s RETURNING account_id", [entry.id])
        account_id = self.env.cr.fetchone()[0]
        run("DELETE FROM loyalty_club_lot WHERE entry_id = %s", [entry.id])
        run("DELETE FROM loyalty_club_entry WHERE id = %s", [entry.id])
        run(
            """UPDATE loyalty_club_account a SET balance = p.balance_after, seq = p.seq, head = p.hash
                 FROM loyalty_club_posting p WHERE p.account_id = a.id AND a.id = %s
                  AND p.seq = (SELECT max(seq) FROM loyalty_club_posting WHERE account_id = a.id)""",
            [account_id],
        )
        run(
            """UPDATE loyalty_card c SET points = a.balance FROM loyalty_club_account a
                WHERE a.card_id = c.id AND a.id = %s""",
            [account_id],
        )

    def test_the_newest_entry_of_a_member_is_missed_by_the_next_customer(self):
        newest = self._post(self.account, 50)
        self._post(self._account(self._member(name="Next customer")), 1)
        with self._guards_off():
            self._remove(newest)
            self.assertEqual(set(self._broken()), {"chain"}, "whoever came next has seen it")

    def test_expiry_has_seen_it_too(self):
        dead = self._account(self._member())
        self._post(dead, 9, new_lots=(NewLot(Decimal(9), expires_at=datetime(2026, 1, 1)),))
        newest = self._post(self.account, 50)
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_expire").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(dead.balance, 0.0)
        self._green()
        with self._guards_off():
            self._remove(newest)
            self.assertEqual(set(self._broken()), {"chain"})

    def test_a_payment_without_its_entry_is_seen(self):
        hold = self.env["loyalty.club.hold"]._club_hold(self.account, Decimal(20), "hold", datetime(2040, 1, 1))
        entry = hold._club_capture(branch_id=self.branch.id)
        self._green()
        with self._guards_off():
            self._remove(entry)
            self.assertIn("captured", self._broken())
        self._red("captured", "UPDATE loyalty_club_hold SET state = 'captured', key = 'x' WHERE id = %s", hold.id)


class TestSeals(Owner, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._account(cls._member())
        cls.Seal = cls.env["loyalty.club.seal"]
        for _night in range(3):
            cls._post(cls.account, 10)
            cls.Seal._club_seal(cls.club)

    def _night(self):
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_seal").method_direct_trigger()
        self.env.invalidate_all()

    def test_no_seal_goes_unseen(self):
        self._green()
        for numbers in ((1, 2, 3), (3,), (2, 3), (2,), (1,)):
            with self._guards_off():
                self.env.cr.execute(
                    """DELETE FROM loyalty_club_seal_head h USING loyalty_club_seal s
                        WHERE s.id = h.seal_id AND s.club_id = %s AND s.number = ANY(%s)""",
                    [self.club.id, list(numbers)],
                )
                self.env.cr.execute(
                    "DELETE FROM loyalty_club_seal WHERE club_id = %s AND number = ANY(%s)",
                    [self.club.id, list(numbers)],
                )
                broken = self._broken()
                self.assertIn("seal", broken, numbers)
                self.assertIn(self.club.name, broken["seal"]["named"][0])

    def test_what_a_seal_says_is_in_its_hash(self):
        seal = self.Seal.search([("club_id", "=", self.club.id), ("number", "=", 2)])
        for column, value in (("sealed_at", "2020-01-01"), ("accounts", 7), ("postings", 7), ("hash", "0" * 64)):
            self._refused(f"UPDATE loyalty_club_seal SET {column} = %s WHERE id = %s", value, seal.id)
            self._red("seal", f"UPDATE loyalty_club_seal SET {column} = %s WHERE id = %s", value, seal.id)
        self._red("seal", "UPDATE loyalty_club_seal_head SET seq = seq + 10 WHERE seal_id = %s", seal.id)

    def test_the_club_counts_its_seals_itself(self):
        self.assertEqual(self.club.seal_number, 3)
        self._refused("UPDATE loyalty_club SET seal_number = 0 WHERE id = %s", self.club.id)
        self._refused(
            "INSERT INTO loyalty_club_seal (club_id, number, sealed_at, accounts, postings, hash)"
            " VALUES (%s, 9, now(), 0, 0, '')",
            self.club.id,
        )
        self._red("seal", "UPDATE loyalty_club SET seal_number = 2 WHERE id = %s", self.club.id)

    def test_a_night_without_sales_is_sealed_and_so_is_a_new_club(self):
        other = self._make_club(name="Other club")
        self._night()
        self.assertEqual((self.club.seal_number, other.seal_number), (4, 1))
        self._green()

    def _kept(self):
        return self.Seal.search([("club_id", "=", self.club.id)])._club_lines()

    def test_what_is_kept_outside_tells_a_rewritten_past(self):
        lines = self._kept()
        self.assertEqual(self.Seal._club_compare(["", *lines]), (3, []))
        self.club.name = "Renamed"
        self.assertEqual(self.Seal._club_compare(lines), (3, []))
        with self._guards_off():  # who can do this well leaves a database that fits together
            self.env.cr.execute(
                """DELETE FROM loyalty_club_seal_head
                    WHERE seal_id IN (SELECT id FROM loyalty_club_seal WHERE club_id = %s)""",
                [self.club.id],
            )
            self.env.cr.execute("DELETE FROM loyalty_club_seal WHERE club_id = %s", [self.club.id])
            self.env.cr.execute("UPDATE loyalty_club SET seal_number = 0 WHERE id = %s", [self.club.id])
            self.env.invalidate_all(flush=False)
            self.assertEqual(self._broken(), {}, "the owner of the database can do this")
            self.assertEqual(len(self.Seal._club_compare(lines)[1]), 3, "but not to what is kept outside")
            self.env.cr.execute("SET LOCAL session_replication_role = origin")
            for _night in range(3):
                self.Seal._club_seal(self.club)
            self.assertEqual(self._broken(), {})
            problems = self.Seal._club_compare(lines)[1]
            self.assertEqual(len(problems), 3)
            self.assertIn("rewritten", problems[0])

    def test_a_renumbered_seal_is_named(self):
        lines = self._kept()
        with self._guards_off():
            self.env.cr.execute(
                "UPDATE loyalty_club_seal SET number = 9 WHERE club_id = %s AND number = 2", [self.club.id]
            )
            self.env.invalidate_all(flush=False)
            self.assertEqual(self.Seal._club_compare(lines)[1], [f"Seal 2 of {self.club.name} has the number 9 now."])

    def test_a_file_that_is_none_is_refused(self):
        for line in ("no json", "[]", '{"club": 1}', json.dumps({**json.loads(self._kept()[0]), "more": 1})):
            with self.assertRaises(UserError):
                self.Seal._club_compare([line])

    def test_each_seal_goes_out_by_mail(self):
        with self.assertRaises(UserError):
            self.club.seal_email = "nobody"
        self.club.seal_email = "auditor@example.com"
        self._night()
        mail = self.env["mail.mail"].search([("email_to", "=", "auditor@example.com")])
        self.assertEqual(len(mail), 1)
        line = re.search("<pre>(.*)</pre>", mail.body_html)[1]
        self.assertEqual(json.loads(line.replace("&#34;", '"').replace("&quot;", '"'))["number"], 4)


class TestCards(Owner, ClubCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gifts = cls.club._club_ensure_program("gift")
        cls.club._club_ensure_discount_product()
        cls.Gift = cls.env["loyalty.club.gift"]
        cls.card, cls.other = (
            cls.Gift._club_sell(cls.gifts, Decimal(value), key=f"sale:{value}", branch=cls.branch)[0]
            for value in (100, 5)
        )
        batch = cls.env["loyalty.club.gift.batch"].create(
            {"club_id": cls.club.id, "name": "Ten", "kind": "discount", "quantity": 1, "percent": 10, "uses": 2}
        )
        cls.discount = batch._club_hand_out()[0][0].sudo(False)
        cls.discount.action_club_hand_over()

    def test_a_gift_card_keeps_its_balance_and_what_it_is(self):
        self._refused("UPDATE loyalty_club_gift SET account_id = NULL WHERE id = %s", self.card.id)
        swap = """UPDATE loyalty_club_gift g SET account_id = CASE g.id WHEN %s THEN %s ELSE NULL END
                   WHERE g.id IN (%s, %s)"""
        values = (self.other.id, self.card.account_id.id, self.card.id, self.other.id)
        self._refused(swap, *values)
        for column, value in (
            ("account_id", self._account(self._member()).id),
            ("serial", "G99999999"),
            ("kind", "prepaid"),
            ("club_id", self._make_club(name="Other club").id),
            ("value", 5000),
            ("sold_key", "sale:x"),
        ):
            self._refused(f"UPDATE loyalty_club_gift SET {column} = %s WHERE id = %s", value, self.card.id)
        self.card.sudo().expires_on = "2026-01-01"
        for end in ("2050-01-01", None):
            self._refused("UPDATE loyalty_club_gift SET expires_on = %s WHERE id = %s", end, self.card.id)
        apart = "UPDATE loyalty_club_gift SET account_id = NULL WHERE id = %s; "
        apart += "UPDATE loyalty_club_gift SET account_id = %s WHERE id = %s"
        self._red("gift", apart, self.card.id, self.card.account_id.id, self.other.id)
        self._red(
            "gift",
            "UPDATE loyalty_club_gift SET account_id = %s WHERE id = %s",
            self._account(self._member()).id,
            self.card.id,
        )

    def test_a_used_card_gets_no_other_code(self):
        query = "UPDATE loyalty_club_gift SET code_hash = 'mine' WHERE id = %s"
        self.card._club_new_codes()
        account = self.card.account_id
        account._club_authorise(Decimal(40), "pay:1", branch=self.branch)._club_capture(branch_id=self.branch.id)
        self._refused(query, self.card.id)

    def test_a_discount_card_gives_what_it_gave_and_as_often(self):
        for column, value in (("percent", 90), ("uses", 0), ("max_amount", 5)):
            self._refused(f"UPDATE loyalty_club_gift SET {column} = %s WHERE id = %s", value, self.discount.id)

    def test_a_use_is_not_undone_by_hand(self):
        use = self.discount._club_discount_use("order:1", Decimal(3), branch=self.branch).sudo()
        self._green()
        undo = "UPDATE loyalty_club_gift_use SET undone_at = now() WHERE id = %s"
        self._refused(undo, use.id)
        self._refused("DELETE FROM loyalty_club_gift_use WHERE id = %s", use.id)
        self._refused("UPDATE loyalty_club_gift_use SET gift_id = %s WHERE id = %s", self.card.id, use.id)
        self._refused("TRUNCATE loyalty_club_gift_use")
        self._red("uses", undo, use.id)
        self._red("uses", "DELETE FROM loyalty_club_gift_use WHERE id = %s", use.id)
        self._red("uses", "UPDATE loyalty_club_gift SET use_seq = 0 WHERE id = %s", self.discount.id)
        self.Gift._club_discount_unuse("order:1")
        self.env.flush_all()
        self._green()
        self._refused("UPDATE loyalty_club_gift_use SET undone_at = NULL WHERE id = %s", use.id)

    def test_more_uses_than_a_card_has_are_seen(self):
        for number in (1, 2):
            self.discount._club_discount_use(f"order:{number}", Decimal(3), branch=self.branch)
        with self._guards_off():
            self.env.cr.execute(
                """INSERT INTO loyalty_club_gift_use (gift_id, key, at) VALUES (%s, 'order:3', now());
                   UPDATE loyalty_club_gift SET use_seq = use_seq + 1 WHERE id = %s""",
                [self.discount.id, self.discount.id],
            )
            self.assertIn("uses", self._broken())


class TestConsents(Owner, ClubCommon):
    def test_what_a_member_agreed_to_is_not_rewritten(self):
        member = self._member()
        row = member._club_give_consent("offers", "sms", "office", note="form 7")
        withdrawn = member._club_withdraw_consent(["news"], ["sms"], "office")
        self.assertEqual(row.club_id, self.club)
        for column, value in (
            ("given", False),
            ("at", "2020-01-01"),
            ("note", "other"),
            ("source", "till"),
            ("club_id", None),
        ):
            self._refused(f"UPDATE loyalty_club_consent SET {column} = %s WHERE id = %s", value, row.id)
        self._refused("UPDATE loyalty_club_consent SET given = TRUE WHERE id = %s", withdrawn.id)
        self._refused("UPDATE loyalty_club_consent SET member_id = %s WHERE id = %s", self._member().id, row.id)
        self._refused("DELETE FROM loyalty_club_consent WHERE id = %s", row.id)
        self._refused("TRUNCATE loyalty_club_consent")
        self._red("consents", "UPDATE loyalty_club_consent SET club_id = NULL WHERE id = %s", row.id)

    def test_a_member_without_a_ledger_is_deleted_with_the_consents(self):
        self.club.card_on_join = False
        member = self._member()
        row = member._club_give_consent("offers", "sms", "office", note="form 7")
        self.env.flush_all()
        member.unlink()
        self.assertFalse(row.exists())


class TestCommand(Owner, ClubCommon):
    """``./club check --seals``."""

    def test_the_command_says_what_differs(self):
        Seal = self.env["loyalty.club.seal"]
        seal = Seal._club_seal(self.club)
        here = {"ok": True, "figures": {}, "failures": []}
        check.add_seals(self.env, here, Seal._club_all()._club_lines())
        self.assertEqual((here["ok"], here["figures"]["seals compared"]), (True, len(Seal._club_all())))
        gone = json.dumps({**json.loads(seal._club_lines()[0]), "number": 99, "hash": "0" * 64})
        for lines in ([gone], [], ["{"]):
            result = {"ok": True, "figures": {}, "failures": []}
            check.add_seals(self.env, result, lines)
            self.assertFalse(result["ok"], lines)
            self.assertEqual(result["failures"][0]["invariant"], "kept")


class TestGuards(Owner, ClubCommon):
    def test_the_check_misses_every_guard_that_is_dropped_off_or_hollow(self):
        Check = self.env["loyalty.club.check"]
        places = {}
        for path in Check._club_guard_files():
            with file_open(path) as source:
                places.update(triggers(source.read()))
        self.assertEqual(Check._club_check_guards()[2], [])
        self.assertGreaterEqual(len(places), 33)
        for table, name in places:
            for change, said in (
                (f"DROP TRIGGER {name} ON {table}", "missing"),
                (f"ALTER TABLE {table} DISABLE TRIGGER {name}", "off"),
                (f"ALTER TABLE {table} ENABLE REPLICA TRIGGER {name}", "off"),
            ):
                with self.subTest(change), self.env.cr.savepoint() as savepoint:
                    self.env.cr.execute(change)
                    self.assertEqual(Check._club_check_guards()[2], [(table, name, said)])
                    savepoint.rollback()

    def test_a_guard_that_looks_away_is_seen(self):
        Check = self.env["loyalty.club.check"]
        for change, said in (
            (
                """CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE OR UPDATE ON loyalty_club_entry
                   FOR EACH ROW WHEN (OLD.id > 5) EXECUTE FUNCTION loyalty_club_refuse_change()""",
                ("loyalty_club_entry", "loyalty_club_no_change", "changed"),
            ),
            (
                """CREATE OR REPLACE TRIGGER loyalty_club_no_change BEFORE DELETE ON loyalty_club_entry
                   FOR EACH ROW EXECUTE FUNCTION loyalty_club_refuse_change()""",
                ("loyalty_club_entry", "loyalty_club_no_change", "changed"),
            ),
            (
                """CREATE OR REPLACE FUNCTION loyalty_club_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
                   $$ BEGIN RETURN NEW; END $$""",
                ("loyalty_club_refuse_change", "changed"),
            ),
            (
                "ALTER TABLE loyalty_club_account DROP CONSTRAINT loyalty_club_account_balance_covered",
                ("loyalty_club_account", "loyalty_club_account_balance_covered", "missing"),
            ),
            (
                "DROP INDEX loyalty_club_posting_chain",
                ("loyalty_club_posting", "loyalty_club_posting_chain", "missing"),
            ),
        ):
            with self.subTest(change), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(change)
                self.assertIn(said, Check._club_check_guards()[2])
                self.assertIn("guards", self._broken())
                savepoint.rollback()

    def test_nobody_calls_the_check_by_name_from_outside(self):
        """The check and the seals have no public methods: what a client may call is decided elsewhere."""
        for model in ("loyalty.club.check", "loyalty.club.seal"):
            ours = {
                name
                for cls in type(self.env[model]).mro()
                if cls.__module__.startswith("odoo.addons.loyalty_club")
                for name in vars(cls)
                if callable(getattr(cls, name, None)) and not name.startswith("_") and not hasattr(BaseModel, name)
            }
            self.assertEqual(ours, set(), model)


class TestTill(Owner, ClubPayCommon):
    """What the check proves of a till's sales."""

    def test_an_order_that_earned_twice_is_seen(self):
        order = self._sell([(self.bread, 1)])
        self._green()
        with self.env.cr.savepoint() as savepoint:
            self._post(
                self._account(self.member),
                10,
                key=f"pos.order:{uuid4()}:earn:{self.program.id}",
                origin=("pos.order", order.id),
                branch_id=self.branch.id,
            )
            self.assertEqual(set(self._broken()), {"once"})
            savepoint.rollback()
        self.env.invalidate_all(flush=False)

    def test_a_payment_that_nobody_was_charged_for_is_seen(self):
        self._load_credit(100)
        order = self._pay([(self.bread, 2)], {"credit": 20})
        self._green()
        payment = order.payment_ids
        self._red("till_payments", "UPDATE pos_payment SET uuid = %s WHERE id = %s", str(uuid4()), payment.id)
        self._red("till_payments", "UPDATE pos_payment SET amount = 30 WHERE id = %s", payment.id)
        cash = self._sell([(self.bread, 1)])
        query = "UPDATE pos_payment SET payment_method_id = %s WHERE pos_order_id = %s"
        self._red("till_payments", query, self.methods["gift"].id, cash.id)
        self._red(
            "till_payments",
            "UPDATE pos_payment SET payment_method_id = %s, is_change = TRUE WHERE pos_order_id = %s",
            self.methods["gift"].id,
            cash.id,
        )

    def test_a_refund_to_credit_that_nobody_got_is_seen(self):
        self._load_credit(100)
        order = self._pay([(self.bread, 2)], {"credit": 20})
        refund = self._refund_to(order, {"credit": 10}, {order.lines: 1})
        self._green()
        query = "UPDATE pos_payment SET uuid = %s WHERE id = %s"
        self._red("till_payments", query, str(uuid4()), refund.payment_ids.id)

    def test_visits_without_their_note_are_seen(self):
        kind = self.club.event_type_ids.filtered(lambda kind: kind.code == "visit")
        kind.write({"active": True, "amount": 5})
        self._sell([(self.bread, 1)])
        event = self.env["loyalty.club.event"].search([("member_id", "=", self.member.id)])
        self.assertTrue(event.entry_id)
        self._green()
        self._red("events", "DELETE FROM loyalty_club_event WHERE id = %s", event.id)
        self._red("events", "UPDATE loyalty_club_event SET key = 'day:2020-01-01' WHERE id = %s", event.id)
