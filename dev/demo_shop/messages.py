"""Messages of the sample club: its gateway is the page of phones, automations are on, a campaign has its results.

What lies in the past is sent like everything else, and then moved back in the log: a demo cannot wait for two weeks.
"""

from datetime import timedelta

from odoo.tools import SQL

from . import messages_more, phone, phone_box
from .setup import PERSIAN, both

SERVICE_LINE, ADVERTISING_LINE = "90000210", "30001210"
#: The shop opened this many days before today, as far as its messages go; and this is when the campaign went.
HISTORY_DAYS, CAMPAIGN_DAYS = 12, 13
OPT_OUT = "لغو11"
#: Automations besides those that are on as soon as there is a gateway.
SWITCHED_ON = (
    "expiring",
    "value_received",
    "gift_received",
    "birthday",
    "wedding",
    "inactive",
    "friend_joined",
    "friend_bought",
)
#: Members who read English; all others read Persian.
ENGLISH = (2, 8, 17)
#: Mobiles of the users themselves, for tests of texts and campaigns.
OWN_PHONES = {"manager": "09355559200", "modir": "09355559201"}
#: Who joins while the demo is made: mobile, name, language of the welcome.
NEW = (("09355559101", "مینا توکلی", PERSIAN), ("09355559102", "Emma Stone", "en_US"))


def fill(place, users, now) -> None:
    """Set up what talks to the members, and give it a history; nothing without the demo's gateway."""
    env, club = place.env, place.club
    if "loyalty.club.gateway" not in env or not getattr(place, "phone", None):
        return
    members = {number: env["loyalty.club.member"].browse(member.id) for number, member in place.members.items()}
    for number in ENGLISH:
        members[number].partner_id.lang = "en_US"
    # Odoo gives new contacts the language of its installation; this shop's customers read Persian
    env["ir.default"].set("res.partner", "lang", PERSIAN)
    quiet = club.message_quiet_from, club.message_quiet_to
    club.write({"message_quiet_from": 0, "message_quiet_to": 0})  # the demo is made at any hour
    for login, mobile in OWN_PHONES.items():
        users[login].partner_id.phone = mobile
    gateway(env, club, place.phone, users)
    consents(env, club, users, members, now)
    automations(env, club)
    messages_more.bot(env, club, place.phone, members)
    campaign(env, club, users, members, now)  # before the purchases, as in the log
    history(env, club, now)
    club.write({"message_quiet_from": quiet[0], "message_quiet_to": quiet[1]})
    draft(env, club, users)
    messages_more.fill(env, club, users, members, place.phone, SERVICE_LINE, now)
    env.cr.commit()


def gateway(env, club, address, users) -> None:
    made = env["loyalty.club.gateway"].create(
        {
            "name": "Phones of the demo",
            "type": "kavenegar",
            "base_url": f"{address}/v1",
            "api_key": phone.KEY,
            "company_id": club.company_id.id,
            "user_id": users["manager"].id,
            "line_ids": [
                (0, 0, {"number": SERVICE_LINE, "purpose": "service", "part_cost": phone_box.COST}),
                (
                    0,
                    0,
                    {
                        "number": ADVERTISING_LINE,
                        "purpose": "advertising",
                        "part_cost": phone_box.COST,
                        "opt_out_text": OPT_OUT,
                    },
                ),
            ],
        }
    )
    club.company_id.club_gateway_id = made


def consents(env, club, users, members, now) -> None:
    """Two thirds agree to news, half of them to offers too; some thought better of it."""
    texts = {purpose: env["loyalty.club.consent.text"]._club_text(club, purpose) for purpose in ("news", "offers")}
    for number, member in members.items():
        branch = member.joined_branch_id
        proof = {"branch_id": branch.id, "place": branch.name, "user_id": users["cashier"].id}
        proof["at"] = now - timedelta(days=40 - number % 20)
        for purpose, agrees in (("news", number % 3), ("offers", number % 2)):
            if agrees:
                member._club_give_consent(purpose, "sms", "till", text_id=texts[purpose].id, **proof)
    for number in (7, 11):
        at = now - timedelta(days=15)
        members[number]._club_withdraw_consent(["news", "offers"], ["sms"], "portal", at=at)


def automations(env, club) -> None:
    env["loyalty.club.automation"]._club_start_expected(club.company_id)
    found = env["loyalty.club.automation"].with_context(active_test=False).search([("club_id", "=", club.id)])
    found.filtered(lambda automation: automation.trigger_id.code in SWITCHED_ON).active = True
    club.invalidate_recordset()


def history(env, club, now) -> None:
    """The messages about the purchases of the last two weeks, and the welcome of two members who join today."""
    since = now - timedelta(days=HISTORY_DAYS)
    found = env["loyalty.club.automation"].search([("club_id", "=", club.id)])
    told = found.filtered(lambda automation: automation.trigger_id.code == "purchase")
    valid_hours = told.valid_hours
    told.valid_hours = 24 * (HISTORY_DAYS + 1)
    orders = env["pos.order"].search([("date_order", ">=", since), ("amount_total", ">", 0)], order="date_order")
    members = env["loyalty.club.member"].search([("club_id", "=", club.id)])
    of_partner = {member.partner_id: member for member in members}
    env["loyalty.club.messenger"]._club_happened(
        "purchase",
        [
            {
                "member_id": of_partner[order.partner_id].id,
                "cause": f"pos.order:{order.uuid}",
                "values": {
                    "order": order.pos_reference or order.name,
                    "paid": order.amount_total,
                    "earned": order.club_points_earned or None,
                },
                "branch_id": order.config_id.club_branch_id.id,
                "origin": ("pos.order", order.id),
                "at": order.date_order,
            }
            for order in orders
            if order.partner_id in of_partner
        ],
    )
    told.valid_hours = valid_hours
    for mobile, name, lang in NEW:
        member, _created = env["loyalty.club.member"]._club_enrol(
            club, mobile=mobile, name=name, joined_channel="till", joined_branch_id=club.branch_ids[:1].id
        )
        member.partner_id.lang = lang
    send(env, "service")
    sold = SQL("(SELECT date_order FROM pos_order WHERE id = origin_id)")
    age(env, SQL("automation_id IS NOT NULL AND origin_model = 'pos.order'"), SQL("(%s - queued_at)", sold))


def send(env, lane) -> None:
    env.cr.commit()
    env["loyalty.club.message"]._club_dispatch(lane)
    env.invalidate_all()


def age(env, which, shift) -> None:
    """Move messages back in time, and let those that went arrive; a phone that is off never gets its own.

    :param which: SQL condition; :param shift: SQL interval
    """
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE loyalty_club_message
                  SET state = CASE WHEN state <> 'sent' THEN state WHEN address LIKE %(off)s THEN 'failed'
                                   WHEN address LIKE %(refusing)s THEN 'blocked' ELSE 'delivered' END,
                      reason = CASE WHEN state <> 'sent' THEN reason WHEN address LIKE %(off)s THEN 'not_delivered'
                                    WHEN address LIKE %(refusing)s THEN 'blacklist' END,
                      delivered_at = CASE WHEN state = 'sent' AND address NOT LIKE ALL (ARRAY[%(off)s, %(refusing)s])
                                          THEN sent_at + %(shift)s + interval '4 seconds' END,
                      queued_at = queued_at + %(shift)s, called_at = called_at + %(shift)s,
                      sent_at = sent_at + %(shift)s
                WHERE %(which)s""",
            off=f"%{phone_box.OFF}",
            refusing=f"%{phone_box.REFUSING}",
            shift=shift,
            which=which,
        )
    )
    env.invalidate_all()


def text(env, club, name, english, persian, purpose="news"):
    made = env["loyalty.club.template"].create({"name": name, "club_id": club.id, "purpose": purpose, "body": english})
    both(made, "body", english, persian)
    return made


def campaign(env, club, users, members, now) -> None:
    """A campaign of last week with two texts: sent, partly delivered, clicked, opted out, and bought after."""
    address = "http://127.0.0.1/my/club"
    texts = [
        text(
            env, club, "Tea week, A",
            "{name}, this week tea gives double points at {club}. " + address,
            "{name} عزیز، این هفته چای در {club} امتیاز دوبرابر دارد. " + address,
        ),
        text(
            env, club, "Tea week, B",
            "Double points for tea, this week at {club}: " + address,
            "چای بخرید، دوبرابر امتیاز بگیرید! فقط این هفته در {club}: " + address,
        ),
    ]  # fmt: skip
    sent = (
        env["loyalty.club.campaign"]
        .with_user(users["manager"])
        .create(
            {
                "name": "Tea week",
                "club_id": club.id,
                "kind": "news",
                "control_percent": 10,
                "variant_ids": [(0, 0, {"template_id": one.id, "share": 50}) for one in texts],
            }
        )
    )
    sent.action_ask()
    sent._club_confirm()
    _campaign_of_last_week(env, sent.sudo())


def _campaign_of_last_week(env, sent) -> None:
    """Send a campaign, and let it have been sent, read and answered some days ago."""
    env["loyalty.club.campaign"]._cron_campaigns()
    send(env, "campaign")
    env["loyalty.club.campaign"]._cron_campaigns()
    age(env, SQL("campaign_id = %s", sent.id), SQL("interval '1 day' * %s", -CAMPAIGN_DAYS))
    back = timedelta(days=CAMPAIGN_DAYS)
    sent.write(
        {
            name: sent[name] - back
            for name in ("send_at", "started_at", "done_at", "confirmed_at", "frozen_at")
            if sent[name]
        }
    )
    everybody = env["loyalty.club.campaign.recipient"].search([("campaign_id", "=", sent.id)])
    readers = everybody.filtered(lambda recipient: recipient.message_id.state == "delivered" and recipient.token)
    for recipient in readers[::3]:
        env["loyalty.club.campaign.click"]._club_follow(recipient.token, recipient.variant_id.link_ids[:1].club_number)
    readers[1:2].member_id._club_withdraw_consent(["news", "offers"], ["sms"], "incoming", note=OPT_OUT)
    sent._club_refresh_figures()


def draft(env, club, users) -> None:
    """An offer that waits for somebody to look at it and press the button."""
    offer = text(
        env, club, "Thank you",
        "{name}, you have {points} points at {club}. A tea is 150.",
        "{name} عزیز، {points} امتیاز در {club} دارید. یک چای ۱۵۰ امتیاز است.",
        purpose="offers",
    )  # fmt: skip
    env["loyalty.club.campaign"].with_user(users["manager"]).create(
        {
            "name": "Who has points for a tea",
            "club_id": club.id,
            "kind": "offer",
            "audience_kind": "domain",
            "audience_domain": "[('account_ids.balance', '>=', 150)]",
            "variant_ids": [(0, 0, {"template_id": offer.id, "share": 100})],
        }
    )
