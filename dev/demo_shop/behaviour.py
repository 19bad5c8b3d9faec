"""Behaviour and referral in the sample club: events that are on, friends who were brought, and what both gave."""

from datetime import timedelta


def fill(place, users, now) -> None:
    """Switch the usual events on, let some members have them, and pay for a friend's purchase."""
    env, club = place.env, place.club
    members = {number: env["loyalty.club.member"].browse(member.id) for number, member in place.members.items()}
    events(club, members, now)
    invitations(env, club, members, users, now)


def events(club, members, now) -> None:
    kinds = club.with_context(active_test=False).event_type_ids
    kinds.active = True
    kinds.filtered(lambda kind: kind.code == "profile_complete").profile_email = True
    kinds.create(
        {
            "club_id": club.id,
            "code": "bottles",
            "name": "Brought the empty bottles back",
            "amount": 3,
            "cap_period": "week",
            "cap_count": 2,
            "by_hand": True,
            "life_days": 90,
        }
    )
    for number in (2, 3, 5, 7, 11):
        for week in (1, 2, 3):
            members[number]._club_event(
                "survey", f"demo:{week}", at=now - timedelta(days=9 * week), reason="Survey of the week"
            )
    for number in (3, 6):
        members[number].email = f"member{number}@example.com"
    for turn in range(3):  # the third one in a week is over the limit
        members[5]._club_event("bottles", f"demo:{turn}", at=now - timedelta(hours=turn), reason="Six bottles")


def invitations(env, club, members, users, now) -> None:
    club.referral_wait_days = 3
    Rule = env["loyalty.club.referral.rule"]
    Rule.create(
        [
            {
                "club_id": club.id,
                "name": "Thank you for bringing a friend",
                "mode": "percent",
                "amount": 5,
                "purchases": 3,
                "cap_amount": 500,
            },
            {
                "club_id": club.id,
                "name": "Welcome, brought by a friend",
                "side": "friend",
                "amount": 25,
                "minimum": 10,
            },
        ]
    )
    enrol = env["loyalty.club.member"]._club_enrol
    for number, (mobile, name) in enumerate((("09355559001", "نیلوفر رستمی"), ("09355559002", "بابک سلطانی"))):
        enrol(club, mobile=mobile, name=name, referrer=members[6].referral_code, joined_channel="web")
        # somebody who is a member already does not count, and is noted
        enrol(club, mobile=members[14 + number].mobile, referrer=members[6].referral_code)
    for member in (members[9], members[10]):
        referral = env["loyalty.club.referral"].search([("friend_id", "=", member.id), ("state", "!=", "refused")])
        order = env["pos.order"].search([("partner_id", "=", member.partner_id.id)], order="date_order desc", limit=1)
        if referral and order:
            referral.at = order.date_order - timedelta(days=1)
            purchase = referral._club_note_purchase(order, order.date_order, order.config_id.club_branch_id)
            purchase.due_at = now
            purchase._club_settle()
