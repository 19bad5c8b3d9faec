"""Quiet hours and caps on the club's clock, and the waits between tries; time is turned by hand."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .messages import MessageCase

NIGHT = datetime(2026, 3, 28, 22, 30)  # 23:30 in Berlin; the clocks are set forward three hours later


@tagged("post_install", "-at_install")
class TestMessagePacing(MessageCase):
    def setUp(self):
        super().setUp()
        self.club.company_id.partner_id.tz = "Europe/Berlin"
        self.club.write({"message_quiet_from": 22, "message_quiet_to": 8})

    def send_at(self, at, *lanes):
        with freeze_time(at):
            self.send(*lanes or ("service", "campaign"))

    def queue_at(self, at, members, lane, **values):
        with freeze_time(at):
            return self.queue(members, lane, **values)

    def test_campaigns_rest_at_night_and_others_do_not(self):
        campaign = self.queue_at(NIGHT, self.person(), "campaign")
        service = self.queue_at(NIGHT, self.person(), "service")
        self.send_at(NIGHT)
        self.assertEqual((campaign.state, service.state), ("waiting", "sent"))
        self.send_at(datetime(2026, 3, 29, 5, 59))
        self.assertEqual(campaign.state, "waiting")
        self.send_at(datetime(2026, 3, 29, 6))  # eight o'clock, an hour earlier than the day before
        self.assertEqual(campaign.state, "sent")

    def test_a_new_club_rests_from_ten_in_the_evening_to_eight(self):
        club = self._make_club(name="New")
        self.assertEqual((club.message_quiet_from, club.message_quiet_to), (22, 8))
        self.club.write({name: club[name] for name in ("message_quiet_from", "message_quiet_to")})
        late = self.queue_at(datetime(2026, 5, 4, 19, 59), self.person(), "campaign")
        self.send_at(datetime(2026, 5, 4, 19, 59))  # a minute to ten in Berlin
        self.assertEqual(late.state, "sent")
        later = self.queue_at(datetime(2026, 5, 4, 20), self.person(), "campaign")
        self.send_at(datetime(2026, 5, 4, 20))
        self.assertEqual(later.state, "waiting")

    def test_the_night_in_which_clocks_are_set_back_is_longer(self):
        at = datetime(2026, 10, 24, 21)
        campaign = self.queue_at(at, self.person(), "campaign")
        self.send_at(datetime(2026, 10, 25, 6, 30))
        self.assertEqual(campaign.state, "waiting")
        self.send_at(datetime(2026, 10, 25, 7))
        self.assertEqual(campaign.state, "sent")

    def test_a_member_gets_so_much_advertising_a_day(self):
        self.club.message_day_cap = 2
        sara, noon = self.person(), datetime(2026, 3, 28, 12)
        messages = self.Message.union(
            *(self.queue_at(noon, sara, "campaign", key=f"campaign{number}") for number in range(5))
        ).sorted("id")
        self.send_at(noon)
        self.assertEqual(self.states(messages), ["sent", "sent", "waiting", "waiting", "waiting"])
        self.assertEqual(set(messages[2:].mapped("not_before")), {datetime(2026, 3, 29, 6)})
        self.assertEqual(messages[2].reason, "cap")
        self.send_at(datetime(2026, 3, 29, 6))
        self.assertEqual(self.states(messages).count("sent"), 4)
        self.send_at(datetime(2026, 3, 30, 6))
        self.assertEqual(self.states(messages).count("sent"), 5)

    def test_the_cap_counts_advertising_only(self):
        self.club.message_day_cap = 1
        sara, noon = self.person(), datetime(2026, 3, 28, 12)
        self.queue_at(noon, sara, "service", key="first")
        self.send_at(noon)
        campaign = self.queue_at(noon, sara, "campaign")
        service = self.queue_at(noon, sara, "service", key="second")
        self.send_at(noon)
        self.assertEqual((campaign.state, service.state), ("sent", "sent"))

    def test_what_would_be_worth_nothing_tomorrow_is_cancelled(self):
        self.club.message_day_cap = 1
        sara, noon = self.person(), datetime(2026, 3, 28, 12)
        self.queue_at(noon, sara, "campaign", key="first")
        second = self.queue_at(noon, sara, "campaign", key="second", not_after=noon + timedelta(hours=6))
        self.send_at(noon)
        self.assertEqual((second.state, second.reason), ("cancelled", "late"))

    def test_waits_between_tries_grow_until_the_message_has_failed(self):
        message = self.queue_at(NIGHT, self.person(), "service")
        at, waits = NIGHT, []
        for _try in range(20):
            self.fake.fail("busy")
            self.send_at(at)
            if message.state != "waiting":
                break
            waits.append((message.not_before - at).total_seconds())
            at = max(message.not_before, at + timedelta(seconds=61))
        self.assertEqual(waits, sorted(waits))
        self.assertEqual(waits[0], 60)
        self.assertEqual((message.state, message.reason), ("failed", "busy"))
        self.assertGreater(len(waits), 3)

    def test_a_try_is_not_made_before_its_time(self):
        message = self.queue_at(NIGHT, self.person(), "service")
        self.fake.fail("busy")
        self.send_at(NIGHT)
        self.send_at(NIGHT + timedelta(seconds=59))
        self.assertEqual(message.attempts, 1)
        self.send_at(NIGHT + timedelta(seconds=61))
        self.assertEqual((message.attempts, message.state), (2, "sent"))

    def test_the_forecast_knows_quiet_hours(self):
        noon = datetime(2026, 3, 28, 12)
        messages = self.queue_at(noon, self.people(3), "campaign")
        with freeze_time(noon):
            forecast = self.Message._club_forecast(self.club, [("id", "in", messages.ids)])
        self.assertEqual((forecast["waiting"], forecast["end"]), (3, None))
        self.env.cr.execute(
            "UPDATE loyalty_club_message SET state = 'sent', called_at = %s WHERE id = %s", [noon, messages[0].id]
        )
        self.env.invalidate_all()
        with freeze_time(noon + timedelta(minutes=1)):
            forecast = self.Message._club_forecast(self.club, [("id", "in", messages.ids)])
        self.assertEqual(forecast, {"waiting": 2, "per_minute": 1, "end": noon + timedelta(minutes=3)})
