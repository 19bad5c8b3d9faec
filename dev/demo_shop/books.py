"""The books of the sample club: accounts, a rule that grants, credit granted, and what is not written yet."""

from datetime import timedelta
from decimal import Decimal


def fill(place, users, now) -> None:
    """Set the books up, grant some credit in the last weeks and have the club write it; today's waits."""
    env, club = place.env, place.club
    club._club_ensure_program("credit")
    club.action_club_set_up_books()
    users["accountant"].group_ids |= env.ref("account.group_account_user")
    env["loyalty.rule"].create(
        {
            "program_id": club.credit_program_id.id,
            "club_grants": True,
            "reward_point_mode": "money",
            "reward_point_amount": 0.02,
            "minimum_amount": 5000,
        }
    )
    grant(env, club, place, now)
    club.book_ids.with_user(users["accountant"]).action_club_post()
    grant_today(env, club, place, now)


def grant(env, club, place, now) -> None:
    movements = []
    for number in sorted(place.members)[:12]:
        account = env["loyalty.club.member"].browse(place.members[number].id)._club_account(club.credit_program_id)
        for week in (1, 2, 3):
            movements.append(
                earned(f"demo:granted:{number}:{week}", account, 40 + 7 * number + week, now - timedelta(weeks=week))
            )
    env["loyalty.club.entry"]._club_post(movements)


def grant_today(env, club, place, now) -> None:
    number = sorted(place.members)[0]
    account = env["loyalty.club.member"].browse(place.members[number].id)._club_account(club.credit_program_id)
    env["loyalty.club.entry"]._club_post([earned("demo:granted:today", account, 25, now)])


def earned(key, account, amount, at):
    from odoo.addons.loyalty_club.rules.movement import Movement  # there are no addons before Odoo has started

    branch = account.club_id.branch_ids[:1]
    return Movement(
        key, "earn", account.id, Decimal(amount), True, "issue", branch.id, at, reason="2 % of the purchase"
    )
