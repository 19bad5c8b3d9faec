"""./club demo: the sample club in a database that a newcomer can click through, and real baskets replayed on it.

What is printed on standard output is kept by ./club and shown again at later starts.
"""

import argparse
from datetime import datetime
from textwrap import wrap

from demo_shop import activity, behaviour, books, gifts, lots, messages, orders, portal, proof, setup, till
from odoo_db import environment
from replay import run
from replay.compare import table
from replay.main import household_count
from replay.shop import Shop

MEMBERS = 40

#: What is filled in after the sales, in this order, with what is said meanwhile.
FEATURES = (
    (till, "what the tills sell and take"),
    (books, "accounts, and credit that was given"),
    (orders, "orders and invoices that were paid with credit"),
    (gifts, "gift, prepaid and discount cards"),
    (lots, "lives and transfers"),
    (behaviour, "invitations and points for behaviour"),
    (proof, "codes, customer accounts and signals"),
    (messages, "messages: the gateway of the demo, what was sent, a campaign"),
    (portal, "members who look at their own pages"),
)

WELCOME = """
The sample club is ready.

  log in as     password      who sees what
  admin         admin         everything
  manager       manager       the club, its members, cards and balances; approves adjustments; the tills
  officer       officer       members and cards; asks for adjustments
  cashier       cashier       the till, and finding members
  accountant    accountant    the ledger; settles exceptions
  auditor       auditor       reads everything, changes nothing
  modir         modir         the manager in Persian, right to left
  customer      customer      a member's own pages: card, statement, invitations, messages, invoices
  moshtari      moshtari      another member's, in Persian

  what to click first
  1. as cashier: Point of Sale > "{till}" > Open Register; scan or type the card {card}
     or the mobile {mobile} ({name}), sell something, spend points, print the receipt
  2. at the till, type a mobile that nobody has (0912 345 67 89) and join the customer
  3. as manager: Loyalty Club > Members > {name}: cards, accounts, statement
  4. as manager: Loyalty Club > Balances: an adjustment of 800 points waits for a second person
  5. as accountant: Loyalty Club > Exceptions: somebody returned goods whose points are spent already
  6. as cashier: sell a gift card, on paper or on the plastic card {plastic} (50), and pay the next order with
     its code; take 15 % off with the discount card {discount}; pay a part with the member's credit
  7. as manager: Loyalty Club > Gift cards: a batch, cards that were sold, given, stolen; new cards with a file of codes
  8. as manager: members' lots that wait or die soon, transfers, invitations, points for behaviour, signals
  9. as accountant: Loyalty Club > Reports: what is owed, and the tie-out of the ledger with the accounts
  10. open the page of the phones (its address is below) beside the till: seconds after a sale the member's phone rings,
     and whom you join gets a welcome, in Persian; {english} reads English
  11. as manager: Loyalty Club > Messages: automations, texts in both languages, the log; a campaign with results,
     one that waits for Yalda, drafts to count, to test on your own phone (09355559200) and to send; what members
     answered; the gateway with its credit; a Bale bot. Answer {optout} on a phone, and its owner
     gets no more advertising
  12. as customer or moshtari, best on a narrow window: My account > Customer club; pay an invoice with credit

  The sample club's people are made up. The stores named "Store …" and the members named "Household …" come from
  The Complete Journey, real grocery purchases of 2017; spending and returning are made up there, the data has none.
"""


def arguments(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./club demo", description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--households", type=household_count, default=10)
    parser.add_argument("--phone", help="address of the demo's SMS gateway, see demo_shop/phone.py")
    return parser.parse_args(argv)


def build(env, households: int, phone: str | None = None) -> tuple[Shop, run.Outcome, int]:
    """The whole sample club; the shop, how the replay went, and mismatches of the shop's own sales."""
    now = datetime.now().replace(microsecond=0)
    run.say("languages, users, club, branches and goods")
    setup.load_language(env)
    users = setup.make_users(env)
    club = setup.make_club(env)
    env.company.name = "Sample Shop"
    place = setup.make_place(env, club, users["cashier"])
    place.phone = phone
    run.say(f"real baskets of {households} households")
    stores = Shop(env, club, users["cashier"])
    outcome = run.replay(stores, households, lambda: [])
    retire(stores)
    run.say(f"{MEMBERS} members with cards, and their purchases of the last {activity.DAYS} days")
    setup.make_members(place, users, MEMBERS, now)
    mismatches = activity.sell(place, now)
    activity.decisions(place, users)
    for feature, text in FEATURES:
        run.say(text)
        feature.fill(place, users, now)
        env.cr.commit()
    outcome.failures = run.check_ledger(env)
    run.say("preparing the pages")
    setup.prepare_pages(env)
    env.cr.commit()
    return place, outcome, mismatches


def retire(stores: Shop) -> None:
    """The tills of the data's stores have done their work; the list of tills stays short, the branches stay."""
    stores.env["pos.config"].browse([config for _session, config, _branch in stores.tills.values()]).active = False


def report(place: Shop, outcome: run.Outcome, mismatches: int) -> str:
    env = place.env
    member = env["loyalty.club.member"].browse(place.members[6].id)
    till = env["pos.config"].browse(place.tills[1][1]).name
    figures = outcome.as_json()
    number = place.members[6].card
    english = "0" + env["loyalty.club.member"].browse(place.members[messages.ENGLISH[0]].id).mobile[3:]
    return "\n".join(
        [
            "The reconciliation of the replay: points in the ledger, equal to a second calculation unless marked",
            *table(outcome.rows),
            "",
            f"{outcome.orders:,} orders of {outcome.households} households in {outcome.stores} stores, "
            f"{figures['orders_per_s']} per second; mismatches: {len(outcome.mismatches)}; "
            f"mismatches in the sample shop's own sales: {mismatches}; check of the ledger: {figures['check']}",
            WELCOME.format(
                optout=messages.OPT_OUT,
                plastic="-".join(wrap(place.plastic, 4)),
                discount="-".join(wrap(place.discount, 4)),
                english=english,
                till=till,
                card=number,
                mobile="0" + member.mobile[3:],
                name=member.partner_id.name,
            ),
        ]
    )


def main() -> int:
    args = arguments()
    with environment(args.db) as env:
        place, outcome, mismatches = build(env, args.households, args.phone)
        print(report(place, outcome, mismatches))
    return 0 if outcome.ok and not mismatches else 1


if __name__ == "__main__":
    raise SystemExit(main())
