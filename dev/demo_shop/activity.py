"""What has happened in the sample club: two months of sales up to now, and the cases that a person has to decide on."""

from datetime import datetime, timedelta
from random import Random

from replay.books import Books
from replay.compare import compare
from replay.data import Basket, Item
from replay.plan import Return, Visit, events
from replay.shop import Shop
from replay.till import Till

from . import people

DAYS = 60
#: Numbers of these baskets, far from those of the data.
FIRST_BASKET = 7_000_000_000


def planned(now: datetime, members: int, visits_per_day: int = 3) -> list[Visit | Return]:
    """Visits and returns up to ``now``; the same ones in every run, seen from ``now``."""
    random = Random(1404)
    crowd = people.people(members)
    # some come often, most now and then
    weights = [1 + 8 * (person.number % 6 == 0) + 3 * (person.number % 4 == 0) for person in crowd]
    baskets = []
    for day in range(DAYS, -1, -1):
        for _visit in range(visits_per_day):
            buyer = random.choices(crowd, weights)[0]
            store = buyer.branch + 1 if random.random() < 0.8 else random.randint(1, len(people.BRANCHES))
            at = (now - timedelta(days=day)).replace(hour=random.randint(5, 18), minute=random.randint(0, 59), second=7)
            baskets.append(Basket(FIRST_BASKET + len(baskets), buyer.number, store, at, bought(random)))
    found = [*events(baskets), *owing(now)]
    return sorted((event for event in found if event.at < now), key=lambda event: event.at)


def bought(random: Random) -> tuple[Item, ...]:
    chosen = sorted(random.sample(range(len(people.GOODS)), random.randint(2, 8)))
    pieces = [random.choice((1, 1, 1, 2, 3)) for _index in chosen]
    return tuple(
        Item(index + 1, count, people.GOODS[index][2] * count) for index, count in zip(chosen, pieces, strict=True)
    )


def owing(now: datetime) -> list[Visit | Return]:
    """One member buys a lot, spends the points and brings the goods back: a debt, which becomes an exception."""
    number = 1
    large = Basket(FIRST_BASKET - 1, number, 1, now - timedelta(days=9), (Item(1, 8, 8 * 2450), Item(15, 2, 2 * 1490)))
    small = Basket(FIRST_BASKET - 2, number, 2, now - timedelta(days=7), (Item(3, 2, 2 * 1190), Item(9, 1, 310)))
    return [Visit(large, False), Visit(small, True), Return(large, now - timedelta(days=6), 1, None)]


def sell(place: Shop, now: datetime) -> int:
    """Send all of it through the tills; returns how many rows of the ledger differ from the second calculation."""
    till, books = Till(place), Books()
    for number, event in enumerate(planned(now, len(place.members))):
        till.send(event)
        books.enter(event)
        if number % 20 == 0:
            place.env.cr.commit()
            place.env.invalidate_all()
    books.close()
    place.close_stores()
    return sum(not row.equal for row in compare(place, books))


def decisions(place: Shop, users: dict) -> None:
    """A change that waits for a second person, one that was small enough, and cards and members that need a look."""
    env = place.env
    members = {number: env["loyalty.club.member"].browse(member.id) for number, member in place.members.items()}
    adjust(users["officer"], members[6], 800, "Opening present promised at the fair, see the list of 3 May")
    adjust(users["officer"], members[8], 25, "Till was down, receipt 1043 entered by hand")
    members[11].card_ids.filtered(lambda card: card.state == "active")[:1]._club_report_lost("Lost on the bus")
    members[12].card_ids.filtered(lambda card: card.state == "active")[:1]._club_replace(reason="Worn out")
    members[13].action_block()
    members[9].referrer_id = members[6]
    members[10].referrer_id = members[6]


def adjust(user, member, amount: float, reason: str) -> None:
    adjustment = member.env(user=user)["loyalty.club.adjustment"].create(
        {"member_id": member.id, "amount": amount, "reason": reason}
    )
    adjustment.action_request()
