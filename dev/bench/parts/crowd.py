"""Members who agreed to news, and a gateway on loopback, for dev/bench/messages.py."""

from . import rows
from .world import _vacuum

TEXT = "سلام، جشنوارهٔ باشگاه شروع شد"


class Crowd:
    """A club with members who agreed to news, and a gateway."""

    def __init__(self, db, count):
        self.db, self.count, self.ids = db, count, {}

    def cursor(self):
        from odoo.modules.registry import Registry

        return Registry(self.db).cursor()

    def environment(self, cr):
        from odoo import SUPERUSER_ID, api

        return api.Environment(cr, SUPERUSER_ID, {})

    def fill(self, seed, port):
        with self.cursor() as cr:
            env = self.environment(cr)
            club = env["loyalty.club"].create(
                {
                    "name": "Bench",
                    "country_id": env.ref("base.ir").id,
                    "message_quiet_from": 0,
                    "message_quiet_to": 0,
                    "message_day_cap": 0,
                }
            )
            branch = env["loyalty.club.branch"].create({"club_id": club.id, "name": "Main", "code": "M"})
            gateway(env, club.company_id, port)
            texts = env["loyalty.club.template"].create(
                [
                    {"name": "Bench", "body": body, "purpose": "news", "club_id": club.id}
                    for body in (TEXT, f"{{name}}، {TEXT}")
                ]
            )
            self.ids = {"club": club.id, "branch": branch.id, "company": club.company_id.id, "texts": texts.ids}
            env.flush_all()
            values = {**self.ids, "count": self.count, "seed": seed, "res_partner": rows._first_id(cr, "res_partner")}
            for _table, query in (rows.PARTNERS, rows.MEMBERS):
                cr.execute(query, values)
            cr.execute(
                """INSERT INTO loyalty_club_consent (member_id, club_id, purpose, channel, given, at, source)
                   SELECT id, club_id, 'news', 'sms', TRUE, now(), 'import' FROM loyalty_club_member
                    WHERE club_id = %s""",
                [club.id],
            )
        _vacuum(self)

    def draft(self, env):
        """A campaign to everybody, in the same words."""
        return env["loyalty.club.campaign"].create(
            {
                "name": "Bench",
                "club_id": self.ids["club"],
                "kind": "news",
                "variant_ids": [(0, 0, {"template_id": self.ids["texts"][0]})],
            }
        )

    def campaign(self, tag):
        """The statement that queues a message for each member, who is called by his name."""
        from odoo.tools import SQL

        return SQL(
            """SELECT %s || id AS key, %s::int AS company_id, club_id, id AS member_id, 'campaign' AS lane,
                      'news' AS purpose, 'sms' AS channel, %s::int AS template_id, 'Bench' AS why
                 FROM loyalty_club_member WHERE club_id = %s""",
            f"bench:{tag}:",
            self.ids["company"],
            self.ids["texts"][1],
            self.ids["club"],
        )


def gateway(env, company, port, kind="kavenegar", timeout=20):
    """A gateway of the company with a line for everything, in use from now on."""
    made = env["loyalty.club.gateway"].create(
        {
            "name": f"Bench {kind}",
            "type": kind,
            "base_url": f"http://127.0.0.1:{port}/v1",
            "api_key": "bench",
            "timeout": timeout,
            "company_id": company.id,
            "line_ids": [
                (0, 0, {"number": "10008", "purpose": purpose}) for purpose in ("code", "service", "advertising")
            ],
        }
    )
    company.club_gateway_id = made
    return made
