"""Lives in the sample club: points that wait, die soon, have expired, came back; and transfers between members."""

from datetime import timedelta
from decimal import Decimal

#: (member, amount, days from now until it is usable, days from now until its last day)
LOTS = ((3, 120, None, 6), (4, 80, None, 12), (5, 200, 9, 40), (8, 60, None, -3), (9, 45, None, -5))


def fill(place, users, now):
    """Policies, lots of every state, a reinstated one, and three transfers of which one was reversed."""
    env, club = place.env, place.club
    club.points_program_id.write(
        {"club_life": "year_end", "club_life_count": 1, "club_calendar": "jalali", "club_transfer": True}
    )
    if club.credit_program_id:
        club.credit_program_id.write({"club_life": "months", "club_life_count": 6, "club_wait_days": 14})
    members = [env["loyalty.club.member"].browse(member.id) for member in place.members.values()]
    branch_id = place.tills[1][2]
    give(env, club, members, branch_id, now)
    env["loyalty.club.entry"]._cron_expire()
    longer(env, club, users, members[8])
    transfers(env, users, members)
    env.cr.commit()


def give(env, club, members, branch_id, now):
    from odoo.addons.loyalty_club.rules.movement import Movement, NewLot  # there are no addons before Odoo has started

    movements = []
    for number, amount, waits, lives in LOTS:
        lot = NewLot(
            Decimal(amount),
            branch_id,
            waits and now + timedelta(days=waits),
            club._club_end_of(club._club_today() + timedelta(days=lives)),
        )
        movements.append(
            Movement(
                key=f"demo:lot:{number}",
                kind="earn",
                account_id=members[number]._club_account(club.points_program_id).id,
                amount=Decimal(amount),
                incoming=True,
                counter="issue",
                branch_id=branch_id,
                new_lots=(lot,),
                occurred_at=now - timedelta(days=30),
                reason="Spring campaign",
            )
        )
    env["loyalty.club.entry"]._club_post(movements)


def longer(env, club, users, member):
    """One member was in hospital when his points expired; a manager gives them back."""
    lots = member.account_ids.lot_ids.filtered(lambda lot: lot.state == "expired")
    env["loyalty.club.extension"].with_user(users["manager"]).create(
        {
            "club_id": club.id,
            "lot_ids": lots.ids,
            "last_day": club._club_today() + timedelta(days=30),
            "reason": "Was in hospital",
        }
    ).action_request()


def transfers(env, users, members):
    made = env["loyalty.club.transfer"].browse()
    for sender, receiver, amount, reason in (
        (3, 6, 20, "Birthday"),
        (4, 7, 15, "Shared a trip"),
        (4, 3, 5, "Mistyped"),
    ):
        made |= (
            env["loyalty.club.transfer"]
            .with_user(users["manager"])
            .create(
                {
                    "from_member_id": members[sender].id,
                    "to_member_id": members[receiver].id,
                    "amount": amount,
                    "reason": reason,
                }
            )
        )
    made.action_transfer()
    made[-1].action_reverse()
