"""Scopes: a card pays the agreed share of the goods it may pay, in its branches, and never a cent more."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_club.rules.scope import Part, Scope, needs_ticket, payable, payable_together, share_of

D = Decimal
GOODS = Part(D(100))
OTHER = Part(D(50), covered=False)


@pytest.mark.parametrize(
    ("scope", "branch", "parts", "digits", "expected"),
    [
        (Scope({}), None, [GOODS], 2, "100.00"),
        (Scope({}), 7, [GOODS, Part(D("0.01"))], 2, "100.01"),
        (Scope({}, D(50)), 7, [GOODS], 2, "50.00"),
        (Scope({7: D(30)}), 7, [GOODS], 2, "30.00"),
        (Scope({7: D(30)}), 8, [GOODS], 2, "0.00"),
        (Scope({7: D(30)}), None, [GOODS], 2, "0.00"),
        (Scope({7: D(30), 8: D(40)}), 8, [GOODS], 2, "40.00"),
        (Scope({7: D(30)}, by_product=True), 7, [GOODS, OTHER], 2, "30.00"),
        (Scope({}, by_product=True), 7, [OTHER], 2, "0.00"),
        # rounded down, once, to what the currency has
        (Scope({7: D("33.333")}), 7, [Part(D("0.05"))], 2, "0.01"),
        (Scope({7: D(30)}), 7, [Part(D(1999))], 0, "599"),
        (Scope({7: D(30)}), 7, [Part(D("9.999"))], 3, "2.999"),
        # a discount of 30 on 150 is spread: 100 of 150 goods are covered, 120 are paid
        (Scope({}, by_product=True), 7, [GOODS, OTHER, Part(D(-30))], 2, "80.00"),
        (Scope({}), 7, [GOODS, Part(D(-30))], 2, "70.00"),
        # a return: nothing to pay
        (Scope({}), 7, [Part(D(-100))], 2, "0.00"),
        (Scope({}), 7, [GOODS, Part(D(-100))], 2, "0.00"),
        (Scope({}), 7, [], 2, "0.00"),
    ],
)
def test_what_may_be_paid(scope, branch, parts, digits, expected):
    assert payable(scope, branch, parts, digits) == D(expected)


@pytest.mark.parametrize(
    ("scope", "branch", "share", "needs"),
    [
        (Scope({}), None, D(100), False),
        (Scope({}, by_product=True), None, D(100), True),
        (Scope({7: D(100)}), 7, D(100), False),
        (Scope({7: D(99)}), 7, D(99), True),
        (Scope({7: D(99)}), 8, None, True),
    ],
)
def test_the_share_of_a_branch(scope, branch, share, needs):
    assert (share_of(scope, branch), needs_ticket(scope, branch)) == (share, needs)


money = st.decimals(0, 10**6, places=2)


@given(st.lists(st.tuples(money, st.booleans())), money, st.decimals(1, 100, places=3))
def test_never_more_than_the_share_of_the_ticket(lines, discount, share):
    parts = [Part(amount, covered) for amount, covered in lines] + [Part(-discount)]
    total = sum(part.amount for part in parts)
    paid = payable(Scope({1: share}), 1, parts, 2)
    assert paid >= 0
    assert Fraction(paid) <= max(Fraction(0), Fraction(total) * Fraction(share) / 100)


def test_two_cards_pay_the_share_of_a_ticket_twice():
    ticket = [GOODS]
    thirty, fifty = Scope({7: D(30)}), Scope({7: D(50)})
    assert payable_together([(thirty, ticket), (thirty, ticket)], 7, 2) == D("30.00")
    assert payable_together([(thirty, ticket), (fifty, ticket)], 7, 2) == D("50.00")
    assert payable_together([(thirty, ticket), (thirty, ticket)], 8, 2) == D("0.00")
    assert payable_together([], 7, 2) == D("0.00")


def test_cards_for_different_goods_pay_each_their_own():
    tea, bread = D(25), D(10)
    for_tea = (Scope({}, by_product=True), [Part(tea), Part(bread, covered=False)])
    for_bread = (Scope({}, by_product=True), [Part(tea, covered=False), Part(bread)])
    assert payable_together([for_tea, for_bread], 7, 2) == D("35.00")
    assert payable_together([for_tea, for_tea], 7, 2) == D("25.00")
