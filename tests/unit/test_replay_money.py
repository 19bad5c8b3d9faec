"""The replay's second calculation of credit and gift cards, on baskets small enough to be calculated by hand."""

from datetime import datetime, timedelta

from replay.books import Books
from replay.data import Basket, Coupon, Item
from replay.plan import GiftSale, Return, TopUp, Visit

DAY = timedelta(days=1)
START = datetime(2017, 1, 1, 12)


def basket(number, *cents, store=1, household=7, coupons=()):
    items = tuple(Item(100 + index, 1, amount) for index, amount in enumerate(cents))
    return Basket(number, household, store, START + number * DAY, items, tuple(Coupon(amount) for amount in coupons))


def enter(*events):
    books = Books()
    for event in events:
        books.enter(event)
    books.close()
    return books.money


def figures(money, kind="credit", household=7, store=None):
    """The figures that aren't zero, of the household or of a store."""
    counted = money.by_household[kind][household] if store is None else money.by_store[kind][store]
    return {name: value for name, value in counted.items() if value}


def all_back(sold):
    return Return(sold, sold.at + DAY / 2, 1, None)


def test_credit_is_five_per_cent_of_what_was_paid_rounded_down_once():
    assert figures(enter(Visit(basket(1, 1019, 1020), False))) == {"earned": 101, "left": 101}
    assert figures(enter(Visit(basket(1, 1000, coupons=(500,)), False))) == {"earned": 25, "left": 25}


def test_credit_is_spent_the_next_time_and_what_it_pays_for_grants_credit_too():
    money = enter(Visit(basket(1, 10_000), False, True), Visit(basket(2, 400), False, True))
    # nothing to spend at first; then 4.00 of 5.00, which grant 0.20
    assert figures(money) == {"earned": 520, "spent": 400, "left": 120}


def test_a_few_cents_are_not_worth_it():
    assert figures(enter(Visit(basket(1, 900), False), Visit(basket(2, 900), False, True)))["left"] == 90


def test_a_top_up_is_spent_after_what_came_before_it():
    money = enter(Visit(basket(1, 1000), False), TopUp(basket(2, 0, store=2)), Visit(basket(3, 60), False, True))
    assert figures(money) == {"earned": 53, "loaded": 2000, "spent": 60, "left": 1993}
    assert figures(money, store=2) == {"loaded": 2000, "left": 1990}


def test_a_gift_card_pays_before_credit_until_nothing_is_left():
    sold = basket(1, 1_000)
    money = enter(
        GiftSale(sold),
        Visit(sold, False),
        Visit(basket(2, 2_000), False, True, 1),
        Visit(basket(3, 600), False, False, 1),
    )
    assert figures(money, "gift") == {"loaded": 2500, "spent": 2500}
    assert figures(money) == {"earned": 50 + 100 + 30, "left": 180}


def test_goods_that_come_back_take_their_credit_back_even_if_it_is_spent():
    sold = basket(1, 10_000)
    money = enter(Visit(sold, False), Visit(basket(2, 500), False, True), all_back(sold))
    assert figures(money) == {"earned": 525, "spent": 500, "taken_back": 500, "left": -475}


def test_a_basket_that_comes_back_whole_gives_back_what_paid_it():
    first, second = basket(1, 10_000), basket(2, 3_000, store=2)
    money = enter(GiftSale(first), Visit(first, False), Visit(second, False, True, 1), all_back(second))
    assert figures(money, "gift") == {"loaded": 2500, "spent": 2500, "given_back": 2500, "left": 2500}
    # 25.00 by card, 5.00 by credit; both are back where they were
    assert figures(money) == {"earned": 650, "spent": 500, "given_back": 500, "taken_back": 150, "left": 500}
    assert figures(money, store=1)["left"] == 500


def test_some_lines_that_come_back_are_paid_out():
    sold = basket(2, 1_000, 1_000)
    back = Return(sold, sold.at + DAY / 2, 1, ((0, 1),))
    money = enter(Visit(basket(1, 10_000), False), Visit(sold, False, True), back)
    assert figures(money) == {"earned": 600, "spent": 500, "taken_back": 50, "left": 50}
