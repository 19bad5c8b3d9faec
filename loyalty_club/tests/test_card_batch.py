"""Batches: the printer gets every number once, and an interrupted batch goes on where it stopped."""

import csv
import io
import time
from unittest.mock import patch

import openpyxl

from odoo.addons.loyalty_club.models import club_card_batch
from odoo.addons.loyalty_club.tools.card_number import make_numbers
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ClubCase, ClubCommon


@tagged("post_install", "-at_install")
class TestCardBatch(ClubCommon):
    def _batch(self, quantity, **values):
        return self.env["loyalty.club.card.batch"].create(
            {"name": "Batch", "club_id": self.club.id, "quantity": quantity, **values}
        )

    def _numbers(self, batch):
        self.env.cr.execute("SELECT number FROM loyalty_club_card WHERE batch_id = %s", [batch.id])
        return [number for (number,) in self.env.cr.fetchall()]

    def test_twenty_thousand_cards_differ_and_are_made_within_a_fifth_of_the_bar(self):
        batch = self._batch(20_000)
        started = time.monotonic()
        batch.action_make()
        self.assertEqual(batch.state, "running", "large batches are left to the background")
        with self.enter_registry_test_mode():
            self.env.ref("loyalty_club.ir_cron_card_batch").method_direct_trigger()
        batch.invalidate_recordset()
        self.assertLess(time.monotonic() - started, 12)
        self.assertEqual((batch.state, batch.made_count, batch.stock_count), ("done", 20_000, 20_000))
        self.assertEqual(len(set(self._numbers(batch))), 20_000)

    def test_a_batch_that_was_interrupted_is_completed_and_not_doubled(self):
        batch = self._batch(25)
        batch.sudo().state = "running"
        batch._club_make(10)
        self.assertEqual((batch.state, batch.made_count, batch.progress), ("running", 10, 40))
        batch._club_make(10)
        batch._club_make(10)
        self.assertEqual((batch.state, batch.made_count), ("done", 25))
        self.assertEqual(batch._club_make(10), 0)

    def test_numbers_that_exist_already_are_replaced_by_others(self):
        first = self._batch(10)
        first.action_make()
        taken, calls = self._numbers(first), []

        def colliding(prefix, count, *args):
            calls.append(count)
            return taken[:count] if len(calls) == 1 else make_numbers(prefix, count, *args)

        second = self._batch(6)
        with patch.object(club_card_batch, "make_numbers", side_effect=colliding):
            second.action_make()
        self.assertEqual(calls, [6, 6])
        self.assertEqual((second.state, second.made_count, first.made_count), ("done", 6, 10))

    def test_a_batch_is_made_once_and_then_stays_as_the_printer_got_it(self):
        batch = self._batch(5, expires_on="2030-01-01")
        batch.action_make()
        batch.action_make()
        self.assertEqual(batch.made_count, 5)
        self.assertEqual(set(batch.card_ids.mapped("expires_on")), {batch.expires_on})
        officer = batch.with_user(self._user("officer"))
        for values in ({"quantity": 9}, {"expires_on": False}, {"club_id": self.club.id}):
            with self.assertRaises(UserError):
                officer.write(values)
        with self.assertRaises(AccessError):
            officer.write({"state": "draft"})
        with self.assertRaises(UserError):
            batch.unlink()

    def test_a_batch_cannot_be_created_as_done(self):
        batch = self._batch(5, state="done")
        self.assertEqual(batch.state, "draft")

    def test_a_prefix_that_leaves_too_few_numbers_is_refused_before_anything_is_made(self):
        club = self._make_club(name="Narrow", card_prefix="93641234")
        self._batch(1, club_id=club.id).action_make()
        batch = self._batch(5_000_000, club_id=club.id)
        with self.assertRaisesRegex(UserError, "shorter prefix"):
            batch.action_make()
        self.assertEqual(batch.state, "draft")

    def test_the_counts_follow_the_cards(self):
        batch = self._batch(5)
        batch.action_make()
        member = self._member()
        batch.card_ids[0]._club_activate(member)
        batch.card_ids[1]._club_block("Torn")
        batch.invalidate_recordset()
        self.assertEqual((batch.made_count, batch.stock_count, batch.active_count, batch.other_count), (5, 3, 1, 1))

    def test_no_file_before_the_numbers_are_there(self):
        with self.assertRaises(UserError):
            self._batch(5).action_export_csv()


@tagged("post_install", "-at_install")
class TestCardBatchFile(ClubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.club = cls._make_club()
        cls.batch = cls.env["loyalty.club.card.batch"].create(
            {"name": "بهار", "club_id": cls.club.id, "quantity": 30, "expires_on": "2029-03-31"}
        )
        cls.batch.action_make()

    def _rows(self, form):
        answer = self.url_open(self.batch._club_export(form)["url"])
        self.assertEqual(answer.status_code, 200)
        if form == "csv":
            return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]

    def test_both_files_hold_every_number_as_text_with_barcode_and_track(self):
        self._user("officer")
        self.authenticate("club_officer", "club_officer")
        rows = self._rows("csv")
        self.assertEqual(rows, self._rows("xlsx"))
        self.assertEqual(rows[0], ["number", "printed", "barcode", "track2", "valid_until"])
        self.assertEqual([row[0] for row in rows[1:]], self.batch.card_ids.sorted("id").mapped("number"))
        number = rows[1][0]
        printed = f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}"
        self.assertEqual(rows[1][1:], [printed, number, f";{number}=2903=?", "2029-03-31"])

    def test_a_cashier_gets_no_list_of_all_numbers(self):
        self._user("cashier")
        self.authenticate("club_cashier", "club_cashier")
        for form in ("csv", "xlsx", "exe"):
            self.assertEqual(self.url_open(f"/loyalty_club/batch/{self.batch.id}.{form}").status_code, 404)
