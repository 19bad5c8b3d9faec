"""States of members and cards."""

import pytest

from loyalty_club.rules.membership import CARD_CHANGES, MEMBER_CHANGES, can_change, refusal


@pytest.mark.parametrize("changes", [CARD_CHANGES, MEMBER_CHANGES])
def test_every_state_that_can_be_reached_is_known(changes):
    assert {new for targets in changes.values() for new in targets} <= set(changes)


def test_a_replaced_card_stays_replaced():
    assert not any(can_change(CARD_CHANGES, "replaced", new) for new in CARD_CHANGES if new != "replaced")


def test_no_card_goes_back_to_stock():
    assert not any(can_change(CARD_CHANGES, old, "stock") for old in CARD_CHANGES if old != "stock")


def test_unknown_state():
    with pytest.raises(KeyError):
        can_change(MEMBER_CHANGES, "asleep", "active")


@pytest.mark.parametrize(
    ("card", "member", "reason"),
    [
        ("active", "active", None),
        (None, "active", None),
        (None, None, None),
        ("replaced", "active", "card_replaced"),
        ("lost", "blocked", "card_lost"),
        ("stock", None, "card_stock"),
        ("active", "blocked", "member_blocked"),
        (None, "left", "member_left"),
    ],
)
def test_who_is_served(card, member, reason):
    assert refusal(card, member) == reason
