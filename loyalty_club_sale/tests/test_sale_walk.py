"""Walks over an order's states: whatever path it takes, the ledger holds what the order is worth now, and no more."""

import random
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from odoo.tests import tagged

from .common import ClubSaleCommon

STATES = ("confirmed", "delivered", "invoiced", "paid")
COST, DISCOUNT, PRICE = 20, 50, 100


@dataclass(frozen=True)
class Paper:
    """An invoice: pieces and reward on it, whether paid, and what of it was credited."""

    pieces: int
    reward: bool
    paid: bool = False
    credited: int = 0
    reward_credited: bool = False


@dataclass(frozen=True)
class World:
    """What the walker knows about the order without asking the club."""

    state: str = "draft"
    pieces: int = 4
    reward: bool = False
    delivered: int = 0
    papers: tuple[Paper, ...] = field(default=())

    def earned(self, state):
        """Points by the book: one per ten paid, times the part that counts."""
        if self.state != "sale":
            return 0
        billed = sum(paper.pieces for paper in self.papers)
        credited = sum(paper.credited for paper in self.papers)
        returned = max(0, credited - max(0, billed - self.pieces))
        kept = {
            "confirmed": self.pieces - returned,
            "delivered": min(self.delivered, self.pieces - returned),
            "invoiced": billed - credited,
            "paid": sum(paper.pieces - paper.credited for paper in self.papers if paper.paid),
        }[state]
        kept = min(self.pieces, max(0, kept))
        worth = Fraction(self.pieces * PRICE - (DISCOUNT if self.reward else 0), 10)
        return floor(worth * kept / self.pieces)

    def spent(self):
        billed = sum(paper.reward for paper in self.papers)
        given_back = sum(paper.reward_credited for paper in self.papers) > max(0, billed - 1)
        # what an invoice takes off is paid for, also when its order is gone
        stands = self.state == "sale" or self.reward_billed()
        return COST if stands and self.reward and not given_back else 0

    def reward_billed(self):
        """Whether the reward is on an invoice and not credited."""
        return any(paper.reward and not paper.reward_credited for paper in self.papers)

    def billed(self):
        """Pieces on invoices and not credited."""
        return sum(paper.pieces - paper.credited for paper in self.papers)


@tagged("post_install", "-at_install")
class TestSaleWalk(ClubSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clubs = {"confirmed": cls.club}
        for state in STATES[1:]:
            cls.clubs[state] = cls._make_sale_club(state)
            cls._member(cls.clubs[state], partner=cls.partner, mobile=cls.partner.phone)

    def setUp(self):
        super().setUp()
        self.account = self._give(1000)
        self.order = self._order([(self.goods, 4, PRICE)])
        self.steps = 0
        self.gone_on = {}

    # -- actions: each one is legal in some worlds, does one thing to the order, and says what it did ---------------

    def _legal(self, world):
        if world.state == "cancel":
            return ["redraft"]
        names = ["add_piece"] if world.pieces == 4 else ["drop_piece"]
        if world.state == "draft":
            rewards = [] if world.reward_billed() else ["drop_reward" if world.reward else "claim"]
            return [*names, *rewards, "confirm"]
        if not world.reward and not world.papers:
            names.append("claim")
        if world.delivered < world.pieces:
            names.append("deliver")
        elif world.delivered:
            names.append("bring_back")
        return [*names, *self._legal_papers(world), "cancel"]

    def _legal_papers(self, world):
        names = []
        if world.pieces > world.billed():
            names.append("invoice")
        if any(not paper.paid and paper.credited < paper.pieces for paper in world.papers):
            names.append("pay")
        if any(not paper.credited for paper in world.papers):
            names += ["credit_one", "credit_all"]
        return names

    def _do(self, name, world):
        self.steps += 1
        world = getattr(self, f"_do_{name}")(world)
        self._commit()
        return world

    @property
    def _line(self):
        return self.order.order_line.filtered(lambda line: line.product_id == self.goods)

    @property
    def _invoices(self):
        return self.order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice").sorted("id")

    def _do_confirm(self, world):
        self.order.action_confirm()
        return replace(world, state="sale")

    def _do_cancel(self, world):
        self.order._action_cancel()
        if world.reward_billed():
            return replace(world, state="cancel")
        # Odoo takes the other reward lines off a cancelled order
        papers = tuple(replace(paper, reward=False, reward_credited=False) for paper in world.papers)
        return replace(world, state="cancel", reward=False, papers=papers)

    def _do_redraft(self, world):
        self.order.action_draft()
        return replace(world, state="draft")

    def _do_add_piece(self, world):
        self._line.product_uom_qty = 5
        return replace(world, pieces=5)

    def _do_drop_piece(self, world):
        self._line.product_uom_qty = 4
        return replace(world, pieces=4)

    def _do_claim(self, world):
        self._claim(self.order)
        return replace(world, reward=True)

    def _do_drop_reward(self, world):
        self.order.order_line.filtered("reward_id").unlink()
        return replace(world, reward=False)

    def _do_deliver(self, world):
        delivered = 2 if world.delivered < 2 else world.pieces
        self._line.qty_delivered = delivered
        return replace(world, delivered=delivered)

    def _do_bring_back(self, world):
        self._line.qty_delivered = 1
        return replace(world, delivered=1)

    def _do_invoice(self, world):
        invoice = self.order._create_invoices(final=True)
        invoice.action_post()
        reward = world.reward and not any(paper.reward and not paper.reward_credited for paper in world.papers)
        return replace(world, papers=(*world.papers, Paper(world.pieces - world.billed(), reward)))

    def _choose(self, world, wanted):
        return next(place for place, paper in enumerate(world.papers) if wanted(paper))

    def _replace_paper(self, world, place, **values):
        papers = list(world.papers)
        papers[place] = replace(papers[place], **values)
        return replace(world, papers=tuple(papers))

    def _do_pay(self, world):
        place = self._choose(world, lambda paper: not paper.paid and paper.credited < paper.pieces)
        self._register_payment(self._invoices[place])
        return self._replace_paper(world, place, paid=True)

    def _do_credit_one(self, world):
        place = self._choose(world, lambda paper: not paper.credited)
        self._credit(self._invoices[place], quantity=1)
        return self._replace_paper(world, place, credited=1)

    def _do_credit_all(self, world):
        place = self._choose(world, lambda paper: not paper.credited)
        paper = world.papers[place]
        self._credit(self._invoices[place])
        return self._replace_paper(world, place, credited=paper.pieces, reward_credited=paper.reward)

    # -- the walk ----------------------------------------------------------------------------------------------------

    def _check(self, world, path):
        told = " → ".join(path)
        booked = {}
        for row in self.order._club_booked().get(self.order.id, []):
            key = row.program_id, row.side
            booked[key] = booked.get(key, 0) + (row.amount if row.side == "earned" else -row.amount)
        for state, club in self.clubs.items():
            program = club.points_program_id
            self.assertEqual(booked.get((program.id, "earned"), 0), world.earned(state), f"earned, {state}: {told}")
        spent = booked.get((self.program.id, "spent"), 0)
        self.assertEqual(spent, world.spent(), f"spent: {told}")
        balance = 1000 + world.earned("confirmed") - world.spent()
        self.assertEqual(self._balance(), Decimal(balance), f"balance: {told}")

    def _walk(self, world, path, depth):
        """Every path of at most ``depth`` more steps, each step done for real and taken back.

        Paths that meet in the same world are each checked there; one of them goes on.
        """
        self._check(world, path)
        if depth <= self.gone_on.get(world, 0):
            return
        self.gone_on[world] = depth
        for name in self._legal(world):
            savepoint = self.env.cr.savepoint()
            self._walk(self._do(name, world), [*path, name], depth - 1)
            savepoint.rollback()
            savepoint.close()

    def test_every_path_ends_at_the_ledger_that_its_order_is_worth(self):
        world = self._do("confirm", World())
        self._walk(world, ["confirm"], 3)
        self.assertGreater(self.steps, 80)

    def test_every_path_of_a_paid_order_with_a_reward_ends_at_the_right_ledger(self):
        world, path = World(), ["claim", "confirm", "invoice", "pay"]
        for name in path:
            world = self._do(name, world)
        self._walk(world, path, 2)
        self.assertGreater(self.steps, 20)

    def test_long_random_walks_end_cancelled_at_zero(self):
        for seed in range(5):
            savepoint = self.env.cr.savepoint()
            rng = random.Random(seed)
            world, path = World(), []
            for _step in range(12):
                name = rng.choice(self._legal(world))
                world = self._do(name, world)
                path.append(name)
                self._check(world, path)
            if world.state == "sale":
                world = self._do("cancel", world)
            self._check(world, [*path, "(end)"])
            self.assertEqual(self._balance(), Decimal(1000 - world.spent()), f"nothing else is left of it: {path}")
            savepoint.rollback()
            savepoint.close()

    def test_looking_again_books_nothing(self):
        for name in ("claim", "confirm", "deliver", "invoice", "pay", "credit_one"):
            self._do(name, self._world_of_papers())
        entries = self._entries(self.order)
        self.order._club_reconcile()
        self.assertEqual(self._entries(self.order), entries)

    def _world_of_papers(self):
        paid = bool(self._invoices.filtered(lambda move: move.payment_state in ("paid", "in_payment")))
        return World(papers=tuple(Paper(4, True, paid) for _invoice in self._invoices))
