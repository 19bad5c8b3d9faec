"""The replay's second calculation, on baskets small enough to be calculated by hand."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from replay.books import Books
from replay.data import Basket, Coupon, Item
from replay.plan import Return, Visit

DAY = timedelta(days=1)
START = datetime(2017, 1, 1, 12)


def basket(number, *cents, store=1, pieces=1, coupons=()):
    """A basket of one household whose lines cost ``cents``."""
    items = tuple(Item(100 + index, pieces, amount) for index, amount in enumerate(cents))
    return Basket(number, 7, store, START + number * DAY, items, tuple(Coupon(amount) for amount in coupons))


def enter(*events):
    books = Books()
    for event in events:
        books.enter(event)
    books.close()
    return books


def figures(books, store=None):
    """The figures that aren't zero, of the household or of a store."""
    counted = books.by_household[7] if store is None else books.by_store[store]
    return {name: value for name, value in counted.items() if value}


def all_back(sold, number=1):
    return Return(sold, sold.at + number * DAY / 2, number, None)


def some_back(sold, *pieces, number=1):
    return Return(sold, sold.at + number * DAY / 2, number, pieces)


@pytest.mark.parametrize(
    ("sold", "earned"),
    [
        (basket(1, 99), 0),
        (basket(1, 100, 199), 2),  # cents of two lines add up before anything is rounded
        (basket(1, 4999), 49),
        (basket(1, 5000), 60),  # from 50.00 on there are ten more
        (basket(1, 5100, coupons=(200,)), 49),  # a coupon is not paid, and counts for the 50.00 too
        (basket(1, 300, coupons=(300,)), 0),
        (basket(1, 0, 0), 0),
    ],
)
def test_points_are_rounded_down_once(sold, earned):
    assert figures(enter(Visit(sold, False))) == ({"earned": earned, "left": earned} if earned else {})


def test_half_of_the_balance_is_spent_and_what_it_pays_for_earns_nothing():
    books = enter(Visit(basket(1, 10_000), False), Visit(basket(2, 1_000), True))
    # 110 points; 55 of them take 2.75 off 10.00, of which 7.25 are paid
    assert figures(books) == {"earned": 110 + 7, "spent": 55, "left": 62}


def test_spending_does_not_push_a_basket_below_the_minimum():
    books = enter(Visit(basket(1, 20_000), False), Visit(basket(2, 5_000), True))
    # 210 points; 105 of them take 5.25 off 50.00; the ten extra points stay
    assert figures(books)["earned"] == 210 + 44 + 10


def test_nothing_is_spent_that_is_not_worth_it():
    assert figures(enter(Visit(basket(1, 3_000), False), Visit(basket(2, 500), True))) == {"earned": 35, "left": 35}


def test_a_return_leaves_what_the_kept_goods_earn():
    sold = basket(1, 150, 150)
    books = enter(Visit(sold, False), some_back(sold, (0, 1)))
    # 1.50 is kept and earns one point of three
    assert figures(books) == {"earned": 3, "taken_back": 2, "left": 1}


def test_half_a_line_takes_half_of_it():
    sold = basket(1, 900, pieces=2)
    assert figures(enter(Visit(sold, False), some_back(sold, (0, 1)))) == {"earned": 9, "taken_back": 5, "left": 4}


def test_after_the_last_return_nothing_is_left_and_nothing_more_was_taken():
    sold = basket(1, 333, 333, 335)
    books = enter(
        Visit(sold, False), some_back(sold, (1, 1)), some_back(sold, (0, 1), number=2), all_back(sold, number=3)
    )
    assert figures(books) == {"earned": 10, "taken_back": 10}


def test_a_whole_return_gives_the_spent_points_back():
    first, second = basket(1, 10_000), basket(2, 1_000)
    books = enter(Visit(first, False), Visit(second, True), all_back(second))
    assert figures(books) == {"earned": 117, "spent": 55, "given_back": 55, "taken_back": 7, "left": 110}


def test_a_partial_return_keeps_what_was_spent():
    first, second = basket(1, 10_000), basket(2, 600, 600)
    books = enter(Visit(first, False), Visit(second, True), some_back(second, (0, 1)))
    # 12.00 less 2.75 earn nine points; half of 9.25 is kept
    assert figures(books) == {"earned": 119, "spent": 55, "taken_back": 5, "left": 59}


def test_points_that_were_spent_before_the_return_are_owed_and_paid_by_the_next_purchase():
    first = basket(1, 10_000)
    books = enter(Visit(first, False), Visit(basket(2, 1_000), True), Visit(basket(3, 100), True), all_back(first))
    # 110 + 7 + 0 earned, 55 + 20 spent, 110 taken back: 68 points are owed
    assert figures(books) == {"earned": 117, "spent": 75, "taken_back": 110, "left": -68}
    assert sum(row["left"] for row in books.by_store.values()) == 0
    books.enter(Visit(basket(9, 7_000, store=3), False))
    books.close()
    assert figures(books)["left"] == 12
    assert books.by_store[3]["left"] == 12


def test_each_store_is_left_with_what_it_issued():
    books = enter(
        Visit(basket(1, 4_000, store=1), False),
        Visit(basket(2, 4_000, store=2), False),
        Visit(basket(3, 4_000, store=3), True),
    )
    # 40 of store 1's oldest points are spent at store 3
    assert figures(books, 1) == {"earned": 40}
    assert figures(books, 2) == {"earned": 40, "left": 40}
    assert figures(books, 3) == {"earned": 38, "spent": 40, "left": 38}


def test_what_comes_back_goes_to_the_store_it_came_from():
    spending = basket(3, 4_000, store=3)
    books = enter(
        Visit(basket(1, 3_000, store=1), False),
        Visit(basket(2, 5_000, store=2), False),
        Visit(spending, True),
        all_back(spending),
    )
    assert figures(books, 1)["left"] == 30
    assert figures(books, 2)["left"] == 60
    assert figures(books, 3) == {"earned": 37, "spent": 45, "given_back": 45, "taken_back": 37}


def test_what_comes_back_pays_what_is_owed_and_then_fills_the_last_spent_pile_first():
    second, spending = basket(2, 10_000, store=2), basket(3, 500, store=3)
    books = enter(
        Visit(basket(1, 3_000, store=1), False),
        Visit(second, False),
        Visit(spending, True),
        Return(second, spending.at + DAY, 1, None),
        Return(spending, spending.at + 2 * DAY, 1, None),
    )
    # 30 and 40 are spent, one is earned; 110 go back, of which 39 are owed; 70 come back, and one is taken
    assert figures(books, 1) == {"earned": 30}
    assert figures(books, 2) == {"earned": 110, "taken_back": 110, "left": 30}


def test_a_return_takes_from_the_purchase_itself_before_older_points():
    second = basket(2, 2_000, store=2)
    books = enter(Visit(basket(1, 3_000), False), Visit(second, False), all_back(second))
    assert figures(books, 1)["left"] == 30
    assert figures(books, 2) == {"earned": 20, "taken_back": 20}


def test_closing_twice_counts_what_is_left_once():
    books = enter(Visit(basket(1, 3_000), False))
    books.close()
    assert books.by_store[1] == Counter(earned=30, left=30, spent=0)
