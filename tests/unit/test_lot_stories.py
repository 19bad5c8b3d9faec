"""Any story of two members: earned, held, paid, refunded, taken back, expired, transferred, extended.

Nothing is lost or made. A model of the ledger in a few lines that uses the same rules; beside it stands a plain sum of
what came and went.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty_club.rules.lives import Policy, life_of
from loyalty_club.rules.lots import (
    ZERO,
    Lot,
    Shortage,
    is_usable,
    plan_incoming,
    plan_outgoing,
    plan_promised,
    usable_total,
)
from loyalty_club.rules.movement import NewLot

START = datetime(2026, 3, 1, 12)
# few and round ones: they meet each other, so that lots run out just when somebody wants them
amounts = st.sampled_from([Decimal(1), Decimal(2), Decimal(3), Decimal(5), Decimal("7.25")])
people = st.integers(0, 1)
policies = st.builds(
    Policy,
    st.sampled_from(["never", "days", "months", "month_end", "idle"]),
    st.integers(1, 3),
    st.sampled_from(["gregorian", "jalali"]),
    st.sampled_from([0, 0, 2]),
    st.sampled_from(["UTC", "Asia/Tehran", "America/New_York"]),
)


class Story(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.at = START
        self.books = [{}, {}]  # lot id: Lot, for each of the two
        self.owner = {}  # lot id: whose
        self.origin = {}  # lot id: the lot it came from
        self.debt, self.balance, self.held = [ZERO, ZERO], [ZERO, ZERO], [ZERO, ZERO]
        self.holds, self.spent, self.expired = [], [], []

    def post(self, who, legs, sign):
        """Book legs; [(lot id, amount)] of those with a lot."""
        touched = []
        for leg in legs:
            self.balance[who] += sign * leg.amount
            lot_id = leg.lot_id
            if leg.new_lot:
                lot_id = len(self.owner) + 1
                new = leg.new_lot
                self.books[who][lot_id] = Lot(
                    lot_id, leg.amount, leg.amount, new.usable_from, new.expires_at, new.branch_id
                )
                self.owner[lot_id], self.origin[lot_id] = who, new.origin_lot_id
            elif lot_id:
                lot = self.books[who][lot_id]
                self.books[who][lot_id] = replace(lot, remaining=lot.remaining + sign * leg.amount)
            else:
                self.debt[who] -= sign * leg.amount
            touched += [(lot_id, leg.amount)] if lot_id else []
        return touched

    def take(self, who, amount, **values):
        plan = plan_outgoing(amount, list(self.books[who].values()), self.at, held=self.held[who], **values)
        return None if isinstance(plan, Shortage) else self.post(who, plan, -1)

    @initialize()
    def both_have_something(self):
        for who in (0, 1):
            self.earn(who, Decimal(5), Policy("days", 3))
            self.earn(who, Decimal(5), Policy("days", 30, wait_days=1))

    @rule(hours=st.sampled_from([1, 30, 60, 400]))
    def time_passes(self, hours):
        self.at += timedelta(hours=hours)

    @rule(who=people, amount=amounts, policy=policies)
    def earn(self, who, amount, policy):
        life = life_of(policy, self.at)
        new = NewLot(amount, 7, life.usable_from, life.expires_at, None, life.idle_days)
        self.post(who, plan_incoming(amount, self.debt[who], new_lots=(new,)), 1)

    @rule(who=people, amount=amounts, debt=st.booleans())
    def spend(self, who, amount, debt):
        usable = usable_total(self.books[who].values(), self.at, self.held[who])
        taken = self.take(who, amount, allow_debt=debt)
        assert (taken is None) == (amount > usable and not debt)
        if taken:
            assert all(
                is_usable(lot.usable_from, lot.expires_at, self.at)
                for lot in (self.books[who][lot_id] for lot_id, _part in taken)
            )
            self.spent.append((who, taken))

    @rule(who=people, amount=amounts)
    def set_aside(self, who, amount):
        if amount <= usable_total(self.books[who].values(), self.at, self.held[who]):
            self.held[who] += amount
            self.holds.append((who, amount, self.at))

    @precondition(lambda self: self.holds)
    @rule(paid=st.booleans())
    def pay_or_walk_away(self, paid):
        who, amount, placed_at = self.holds.pop()
        self.held[who] -= amount
        if paid:
            plan = plan_promised(amount, list(self.books[who].values()), placed_at, self.held[who])
            assert not isinstance(plan, Shortage), "the customer has left with his goods"
            self.spent.append((who, self.post(who, plan, -1)))

    @precondition(lambda self: self.spent)
    @rule(grace=st.integers(0, 5))
    def refund(self, grace):
        who, taken = self.spent.pop()
        amount = sum((part for _lot, part in taken), ZERO)
        plan = plan_incoming(
            amount,
            self.debt[who],
            back_to=[(self.books[who][lot_id], part) for lot_id, part in taken],
            dead_at=self.at,
            grace=self.at + timedelta(days=grace) if grace else None,
        )
        assert sum((leg.amount for leg in plan), ZERO) == amount
        self.post(who, plan, 1)

    @precondition(lambda self: self.owner)
    @rule(chance=st.integers(0, 1000))
    def take_back(self, chance):
        """Goods come back: what they earned goes, of that lot first, and what is not there becomes a debt."""
        lot_id = 1 + chance % len(self.owner)
        who, amount = self.owner[lot_id], self.books[self.owner[lot_id]][lot_id].amount
        self.take(who, amount, first=[(lot_id, amount)], allow_debt=True)

    @rule(who=people)
    def night(self, who):
        """What has died goes; what died after something was set aside waits."""
        oldest = min((placed for owner, _amount, placed in self.holds if owner == who), default=datetime.max)
        for lot in list(self.books[who].values()):
            over = lot.expires_at and lot.expires_at <= self.at and lot.expires_at <= oldest
            free = sum((one.remaining for one in self.books[who].values()), ZERO) - self.held[who]
            if over and ZERO < lot.remaining <= free:
                taken = self.take(who, lot.remaining, first=[(lot.id, lot.remaining)], exact=True)
                assert taken == [(lot.id, lot.remaining)]
                self.expired.append((who, taken[0]))

    @precondition(lambda self: self.expired)
    @rule(days=st.integers(1, 30))
    def reinstate(self, days):
        who, (lot_id, amount) = self.expired.pop()
        new = NewLot(amount, 7, None, self.at + timedelta(days=days), lot_id)
        self.post(who, plan_incoming(amount, self.debt[who], new_lots=(new,)), 1)

    @rule(who=people, days=st.integers(1, 30))
    def extend(self, who, days):
        lot = next((lot for lot in self.books[who].values() if lot.remaining and lot.expires_at), None)
        if lot and not self.debt[who] and self.take(who, lot.remaining, first=[(lot.id, lot.remaining)], exact=True):
            new = NewLot(lot.remaining, lot.branch_id, lot.usable_from, lot.expires_at + timedelta(days=days), lot.id)
            self.post(who, plan_incoming(lot.remaining, ZERO, new_lots=(new,)), 1)

    @rule(who=people, amount=amounts)
    def transfer(self, who, amount):
        taken = self.take(who, amount)
        if taken:
            lots = [(self.books[who][lot_id], part) for lot_id, part in taken]
            new = [NewLot(part, lot.branch_id, lot.usable_from, lot.expires_at, lot.id) for lot, part in lots]
            self.post(1 - who, plan_incoming(amount, self.debt[1 - who], new_lots=new), 1)

    @invariant()
    def lots_less_debt_are_the_balance(self):
        for who in (0, 1):
            lots = self.books[who].values()
            assert sum((lot.remaining for lot in lots), ZERO) - self.debt[who] == self.balance[who]
            assert self.debt[who] >= 0
            assert all(ZERO <= lot.remaining <= lot.amount for lot in lots)

    @invariant()
    def what_is_set_aside_is_covered(self):
        for who in (0, 1):
            assert self.held[who] <= sum((lot.remaining for lot in self.books[who].values()), ZERO)

    @invariant()
    def issuers_follow_the_lots(self):
        for lot_id, origin in self.origin.items():
            if origin:
                issuer = self.books[self.owner[origin]][origin].branch_id
                assert self.books[self.owner[lot_id]][lot_id].branch_id == issuer


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
