"""What tests of campaigns start from: texts, campaigns that are confirmed as people do it, and their jobs."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import SQL

from .messages import MessageCase


class CampaignCase(MessageCase):
    def text(self, body="Hello", purpose="news", **values):
        return self.env["loyalty.club.template"].create(
            {"name": body[:20], "body": body, "purpose": purpose, "club_id": self.club.id, **values}
        )

    def campaign(self, *bodies, shares=(), **values):
        """A draft with a text for each of ``bodies``, for all members."""
        bodies = bodies or ("Hello",)
        shares = shares or (50,) * len(bodies)
        return self.env["loyalty.club.campaign"].create(
            {
                "name": "Spring",
                "club_id": self.club.id,
                "variant_ids": [
                    (0, 0, {"template_id": self.text(body).id, "share": share, "sequence": number})
                    for number, (body, share) in enumerate(zip(bodies, shares, strict=True))
                ],
                **values,
            }
        )

    def confirm(self, campaign, user=None):
        """Press the button and say yes; returns the question."""
        campaign = campaign.with_user(user or self.env.user)
        action = campaign.action_ask()
        question = self.env[action["res_model"]].with_user(user or self.env.user)
        question = question.create({"campaign_id": action["context"]["default_campaign_id"]})
        question.action_confirm()
        return question

    def job(self, name="campaign"):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(f"loyalty_club_sms.ir_cron_{name}").method_direct_trigger()
        self.env.invalidate_all()

    def go(self, campaign, user=None):
        """Confirm, prepare and send."""
        self.confirm(campaign, user)
        self.job()
        self.send("campaign")
        self.job()
        return campaign

    def messages(self, campaign):
        return self.Message.search([("campaign_id", "=", campaign.id)])

    def rows(self, campaign):
        return self.env["loyalty.club.campaign.recipient"].search([("campaign_id", "=", campaign.id)])

    @contextmanager
    def purchases(self, *rows):
        """Purchases as an addon with orders would bring them: (member, instant, amount)."""
        values = SQL(", ").join(
            SQL(
                "(%s::int, %s::int, %s::timestamp, %s::numeric)",
                member.partner_id.id,
                self.club.company_id.id,
                at,
                amount,
            )
            for member, at, amount in rows
        )
        query = SQL("SELECT * FROM (VALUES %s) AS orders(partner_id, company_id, at, amount)", values)
        with patch.object(self.registry["loyalty.club.purchase"], "_club_queries", lambda model: [query]):
            yield
