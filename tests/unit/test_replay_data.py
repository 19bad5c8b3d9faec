"""The replay's baskets, its plan and its table, on rows made by hand."""

import doctest
from collections import Counter
from datetime import date, datetime

import pytest
from demo_shop import activity, people
from replay import data, plan, till
from replay.compare import Row, figures, table
from replay.data import Coupon, Item, basket
from replay.plan import Return, Visit, events, returns
from replay.run import Outcome

NOON = datetime(2017, 3, 4, 12)


def row(product, quantity=1, sales=1.0, coupon=0.0, **values):
    return {
        "household_id": 7,
        "store_id": 3,
        "basket_id": 55,
        "product_id": product,
        "quantity": quantity,
        "sales_value": sales,
        "coupon_disc": coupon,
        "transaction_timestamp": NOON,
        **values,
    }


def test_floats_of_the_data_become_exact_cents():
    assert basket([row(1, 2, 0.29), row(2, 1, 130.02)], {}).items == (Item(1, 2, 29), Item(2, 1, 13002))


def test_a_row_with_neither_pieces_nor_money_only_carries_its_coupon():
    made = basket([row(1, 1, 5.0), row(2, 0, 0.0, coupon=2.0)], {})
    assert made.items == (Item(1, 1, 500),)
    assert made.coupons == (Coupon(200),)


def test_money_without_pieces_is_one_piece():
    assert basket([row(1, 0, 3.5)], {}).items == (Item(1, 1, 350),)


def test_coupons_never_take_off_more_than_the_goods_cost():
    made = basket([row(1, 1, 1.5, coupon=1.0), row(2, 0, 0.0, coupon=2.0)], {})
    assert made.coupons == (Coupon(100), Coupon(50))
    assert made.goods == made.off


def test_a_redemption_names_one_coupon_of_its_products_on_its_day():
    redeemed = {(7, date(2017, 3, 4)): [(999, {1, 2})]}
    made = basket([row(1, coupon=0.25), row(2, coupon=0.25)], redeemed)
    assert made.coupons == (Coupon(25, 999), Coupon(25, 0))


def baskets(count):
    return [basket([row(1, 4, 8.0, basket_id=number), row(2, 1, 3.0, basket_id=number)], {}) for number in range(count)]


def test_the_plan_is_the_same_in_every_run_and_keeps_its_shares():
    planned = events(baskets(4000))
    assert planned == events(baskets(4000))
    visits = [event for event in planned if isinstance(event, Visit)]
    assert len(visits) == 4000
    assert sum(visit.spends for visit in visits) == pytest.approx(800, rel=0.1)
    assert sum(isinstance(event, Return) for event in planned) == pytest.approx(400, rel=0.2)


def test_nothing_comes_back_before_it_is_sold_or_more_than_was_sold():
    for sold in baskets(4000):
        back = Counter()
        for event in returns(sold):
            assert event.at > sold.at
            for line, pieces in event.pieces or ():
                assert pieces > 0
                back[line] += pieces
        assert all(back[line] <= item.quantity for line, item in enumerate(sold.items))


def test_the_rest_is_only_returned_when_something_is_left():
    for number in range(4000):
        sold = basket([row(1, 1, 8.0, basket_id=number)], {})
        assert len(returns(sold)) <= 1


def rows(count, wrong=()):
    right = figures(Counter(earned=5, left=5))
    return [
        Row("points", "store", number, figures(Counter(earned=4)) if number in wrong else right, right)
        for number in range(count)
    ]


def test_a_mismatch_shows_both_sides_even_far_down():
    lines = table(rows(100, wrong=[98]), most=3)
    shown = [line for line in lines if line.startswith("store")]
    assert len(shown) == 4
    assert "MISMATCH" in shown[-1]
    assert "second calculation" in lines[lines.index(shown[-1]) + 1]


def outcome(**values):
    counts = dict.fromkeys(("households", "stores", "orders", "returns", "lines", "spending", "payments", "coupons"), 1)
    return Outcome(**{**counts, "named_coupons": 0, "rows": rows(2), "seconds": 2.0, "failures": [], **values})


def test_an_entry_that_nobody_expects_is_a_mismatch():
    ledger = figures(Counter({"earned": 5, "left": 5, "adjust in": 1}))
    assert not Row("points", "household", 1, ledger, figures(Counter(earned=5, left=5))).equal


def test_the_result_fails_on_a_mismatch_and_on_a_failed_check():
    assert outcome().ok
    assert outcome().as_json()["check"] == "ok"
    assert not outcome(rows=rows(3, wrong=[1])).ok
    assert not outcome(failures=["a balance differs"]).ok
    assert outcome(failures=["a balance differs"]).as_json()["check"] == "a balance differs"


@pytest.mark.parametrize("module", [data, plan, till, people])
def test_examples(module):
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted


def test_the_sample_club_has_no_two_people_with_one_mobile():
    crowd = people.people(60)
    assert len({person.mobile for person in crowd}) == 60
    assert all(len(person.mobile) == 11 for person in crowd)


def test_the_sample_club_has_sold_nothing_tomorrow_and_always_the_same():
    planned = activity.planned(NOON, 40)
    assert planned == activity.planned(NOON, 40)
    assert max(event.at for event in planned) < NOON
    assert len({event.basket.id for event in planned if isinstance(event, Visit)}) > 150
