"""More of the sample club's messages: a messenger's bot, what members answer, an occasion, campaigns that wait."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import urlencode
from urllib.request import urlopen

from . import phone
from .setup import both

#: Members who connected the bot; who answers what on the service line. Numbers are those of ``people``.
CONNECTED = (4, 16)
ANSWERS = ((5, "سلام، شعبهٔ مرکزی جمعه‌ها باز است؟"), (13, "لغو11"))
BALANCE_LOW = 5_000_000


def bot(env, club, address, members) -> None:
    """A Bale bot with two members; they get messages about purchases there, and all others by SMS."""
    made = env["loyalty.club.bot"].create({"club_id": club.id, "kind": "bale", "base_url": address, "token": phone.KEY})
    made.action_test()
    for number in CONNECTED:
        member = members[number]
        env["loyalty.club.bot.link"].create(
            {"bot_id": made.id, "member_id": member.id, "chat": member.mobile.removeprefix("+")}
        )
        member._club_give_consent("news", "bale", "portal")
    told = env["loyalty.club.automation"].search([("club_id", "=", club.id)])
    told.filtered(lambda automation: automation.trigger_id.code == "purchase").channels = "bale,sms"


def fill(env, club, users, members, address, line, now) -> None:
    """What is there besides the messages themselves."""
    gateway = club.company_id.club_gateway_id
    gateway.balance_low = BALANCE_LOW
    gateway.action_balance()
    answers(env, members, address, line)
    closed(env, club, members)
    yalda = occasion(env, club)
    manager = env["loyalty.club.campaign"].with_user(users["manager"])
    scheduled(manager, club, yalda)
    codes(manager, club)
    listed(env, club, members)


def answers(env, members, address, line) -> None:
    """Two members answer: one asks something, one wants no more advertising."""
    for number, body in ANSWERS:
        form = {"number": members[number].mobile, "line": line, "body": body}
        urlopen(f"{address}/answer", urlencode(form).encode(), timeout=10).close()
    env["loyalty.club.gateway"]._cron_poll()


def closed(env, club, members) -> None:
    """A number that the gateway said to be closed for advertising."""
    advertising = club.company_id.club_gateway_id.line_ids.filtered(lambda one: one.purpose == "advertising")
    env["loyalty.club.barred"]._club_note([("sms", advertising.id, members[10].mobile, "14: بلاک شده است")])


def occasion(env, club):
    """Yalda Night is greeted by itself, those who agreed to news; returns the occasion."""
    yalda = env.ref("loyalty_club_sms.occasion_yalda")
    found = env["loyalty.club.automation"].with_context(active_test=False).search([("club_id", "=", club.id)])
    greeting = found.filtered(lambda automation: automation.trigger_id.code == "occasion")[:1]
    greeting.write({"occasion_id": yalda.id, "domain": "[('consent_news', '=', True)]", "active": True})
    return yalda


def text(env, club, name, purpose, english, persian):
    made = env["loyalty.club.template"].create({"name": name, "club_id": club.id, "purpose": purpose, "body": english})
    both(made, "body", english, persian)
    return made


def scheduled(Campaign, club, yalda) -> None:
    """A campaign that starts by itself on the eve of Yalda."""
    words = text(
        Campaign.env(su=True), club, "Yalda sale", "news",
        "{name}, on Yalda Night pomegranates and nuts are waiting for you at {club}.",
        "{name} عزیز، شب یلدا انار و آجیل {club} منتظر شماست.",
    )  # fmt: skip
    campaign = Campaign.create(
        {
            "name": "Yalda Night",
            "club_id": club.id,
            "kind": "greeting",
            "send_when": "over",
            "send_on": yalda.next_date - timedelta(days=1),
            "send_hour": 17,
            "spread_hours": 2,
            "variant_ids": [(0, 0, {"template_id": words.id})],
        }
    )
    campaign.action_ask()
    campaign._club_confirm()


def codes(Campaign, club) -> None:
    """A draft: a code of his own for each member who got few points."""
    env = Campaign.env(su=True)
    program = env["loyalty.program"].create(
        {
            "name": "Come back",
            "program_type": "coupons",
            "company_id": club.company_id.id,
            "reward_ids": [(0, 0, {"reward_type": "discount", "discount": 10})],
        }
    )
    both(program, "name", "Come back: 10 %", "بازگشت: ۱۰٪ تخفیف")
    words = text(
        env, club, "Come back", "offers",
        "{name}, we miss you. 10 % off with the code {coupon} until {coupon_until}.",
        "{name} عزیز، دلمان تنگ شده! ۱۰٪ تخفیف با کد {coupon} تا {coupon_until}",
    )  # fmt: skip
    Campaign.create(
        {
            "name": "We miss you",
            "club_id": club.id,
            "kind": "codes",
            "coupon_program_id": program.id,
            "audience_kind": "domain",
            "audience_domain": "[('account_ids.balance', '<', 100)]",
            "variant_ids": [(0, 0, {"template_id": words.id})],
        }
    )


def listed(env, club, members) -> None:
    """A list that was read from a file, with a row that names nobody."""
    rows = ["mobile", *(f"0{members[number].mobile[3:]}" for number in (3, 6, 9)), "0912000"]
    made = env["loyalty.club.audience.file"].create(
        {
            "name": "Guests of the opening",
            "club_id": club.id,
            "content": b64encode("\n".join(rows).encode()),
            "filename": "guests.csv",
        }
    )
    made.action_read()
    made.action_confirm()
