"""Audiences: a filter, branches, or a file of numbers in any form; bad rows change nothing and are named."""

import base64

from odoo.addons.loyalty_club.tools.sheet import to_csv, to_xlsx
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .campaigns import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignAudience(CampaignCase):
    def _people_of(self, campaign):
        return self.env["loyalty.club.member"].search(campaign._club_members())

    def _list(self, rows, campaign=None, form=to_csv):
        action = (campaign or self.campaign()).action_read_file()
        List = self.env["loyalty.club.audience.file"].with_context(**action["context"])
        return List.create({"content": base64.b64encode(form(rows)), "filename": "list"})

    def test_all_means_active_members_of_this_club(self):
        people = self.people(3)
        people[0]._club_set_state("blocked")
        self._member(club=self._make_club(name="Other club"))
        self.assertEqual(self._people_of(self.campaign()), people[1:])

    def test_a_filter_is_data_and_never_code(self):
        people = self.people(2)
        campaign = self.campaign(audience_kind="domain", audience_domain=f"[('number', '=', '{people[0].number}')]")
        self.assertEqual(self._people_of(campaign), people[0])
        for bad in ("__import__('os')", "[('nothing', '=', 1)]", "[", "[('number', 'resembles', 1)]"):
            with self.assertRaises(UserError, msg=bad):
                campaign.audience_domain = bad

    def test_members_of_branches_by_where_they_joined_or_bought(self):
        other = self.env["loyalty.club.branch"].create({"club_id": self.club.id, "name": "North", "code": "N"})
        joined = self.person("Joined", joined_branch_id=self.branch.id)
        bought = self.person("Bought", joined_branch_id=other.id)
        self._post(self._account(bought), 10, branch_id=self.branch.id)
        campaign = self.campaign(audience_kind="branches", audience_branch_ids=[(6, 0, self.branch.ids)])
        self.assertEqual(self._people_of(campaign), joined)
        campaign.audience_branch_by = "moved"
        self.assertEqual(self._people_of(campaign), bought)
        with self.assertRaises(UserError):
            self.campaign(audience_kind="branches").action_ask()

    # -- files -----------------------------------------------------------------------------------------------------

    def test_a_file_is_read_in_any_form_and_its_bad_rows_are_named(self):
        a, b, c, d = self.people(4)
        rows = [
            ("name", "number"),
            ("A", a.mobile.replace("+98", "0")),
            ("B", b.card_ids.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))),
            ("C", c.number.lower()),
            ("again A", a.mobile),
            ("nobody", "09351112233"),
            ("rounded", "9.36412E+15"),
            ("Ali", ""),
        ]
        record = self._list(rows)
        record.action_read()
        self.assertEqual(record.state, "read")
        self.assertEqual((record.row_count, record.member_count), (7, 3))
        self.assertEqual((record.double_count, record.problem_count), (1, 3))
        self.assertEqual(record.member_ids, a | b | c)
        self.assertIn("09351112233", record.problem_text)
        self.assertIn("Row 7", record.problem_text)
        self.assertTrue(record.problem_file)
        self.assertNotIn(d, record.member_ids)

    def test_nothing_changes_until_the_list_is_confirmed(self):
        a, b = self.people(2)
        campaign = self.campaign()
        record = self._list([(a.mobile,), ("nobody",)], campaign, to_xlsx)
        record.action_read()
        self.assertEqual(campaign.audience_kind, "all")
        self.assertEqual(self._people_of(campaign), a | b)
        record.action_confirm()
        self.assertEqual((campaign.audience_kind, campaign.audience_file_id), ("file", record))
        self.assertEqual(self._people_of(campaign), a)

    def test_reading_again_forgets_what_the_file_before_had(self):
        a, b = self.people(2)
        record = self._list([(a.mobile,)])
        record.action_read()
        record.content = base64.b64encode(to_csv([(b.mobile,)]))
        self.assertEqual((record.state, record.member_count), ("draft", 0))
        record.action_read()
        self.assertEqual(record.member_ids, b)

    def test_a_file_that_is_no_table_says_so(self):
        for content in (b"PK\x03\x04 not a workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", b"\n\n", b"\x00\x01\x02"):
            record = self._list([])
            record.content = base64.b64encode(content)
            with self.assertRaises(UserError, msg=content):
                record.action_read()

    def test_a_list_without_members_is_no_audience(self):
        record = self._list([("who",), ("nobody",)])
        record.action_read()
        with self.assertRaises(UserError):
            record.action_confirm()

    def test_a_list_s_findings_are_not_written_by_hand(self):
        manager = self._user("manager")
        record = self._list([("nobody",)]).with_user(manager)
        for values in ({"state": "ready"}, {"member_ids": [(6, 0, self.people(1).ids)]}):
            with self.assertRaises(AccessError):
                record.write(values)

    def test_members_of_another_club_are_unknown(self):
        stranger = self._member(club=self._make_club(name="Other club"))
        record = self._list([(stranger.mobile,), (stranger.card_ids.number,)])
        record.action_read()
        self.assertEqual((record.member_count, record.problem_count), (0, 2))
