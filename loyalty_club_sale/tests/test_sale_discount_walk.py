"""Walks of orders with a discount card: whatever path an order takes, the card is used by it once or not at all."""

from dataclasses import dataclass, replace

from odoo.tests import tagged

from .common_discount import ClubDiscountCommon

PRICE, PIECES = 100, 4


@dataclass(frozen=True)
class World:
    """What the walker knows about the order without asking the club. ``billed``: the discount, in pieces then."""

    state: str = "draft"
    pieces: int = PIECES
    card: bool = False
    billed: int = 0
    credited: bool = False

    @property
    def used(self):
        if self.state == "sale":
            return self.card and not self.credited
        return bool(self.card and self.billed and not self.credited)

    @property
    def discount(self):
        return (self.billed or self.pieces) * PRICE / 10 if self.card else 0


@tagged("post_install", "-at_install")
class TestSaleDiscountWalk(ClubDiscountCommon):
    def setUp(self):
        super().setUp()
        self.gift, self.code = self._card(uses=1)
        self.order = self._order([(self.goods, PIECES, PRICE)])
        self.steps = 0
        self.gone_on = {}

    def _legal(self, world):
        if world.state == "cancel":
            return ["redraft"]
        names = ["drop_piece"] if world.pieces == PIECES else ["add_piece"]
        if world.state == "draft":
            names.append("confirm")
            if not world.billed:
                names.append("take_off" if world.card else "type")
            return names
        names.append("cancel")
        if not world.billed:
            names.append("bill")
        elif not world.credited:
            names.append("credit")
        elif world.pieces == world.billed:
            names.append("bill_again")
        return names

    def _do(self, name, world):
        self.steps += 1
        world = getattr(self, f"_do_{name}")(world)
        self._commit()
        return world

    @property
    def _line(self):
        return self.order.order_line.filtered(lambda line: line.product_id == self.goods)

    def _do_type(self, world):
        self._type(self.order, self.code)
        return replace(world, card=True)

    def _do_take_off(self, world):
        self.order.action_club_remove_discount_card()
        return replace(world, card=False)

    def _do_confirm(self, world):
        self.order.action_confirm()
        return replace(world, state="sale")

    def _do_cancel(self, world):
        self.order._action_cancel()
        return replace(world, state="cancel")

    def _do_redraft(self, world):
        self.order.action_draft()
        return replace(world, state="draft")

    def _do_drop_piece(self, world):
        self._line.product_uom_qty = PIECES - 1
        return replace(world, pieces=PIECES - 1)

    def _do_add_piece(self, world):
        self._line.product_uom_qty = PIECES
        return replace(world, pieces=PIECES)

    def _do_bill(self, world):
        self.order._create_invoices(final=True).action_post()
        return replace(world, billed=world.pieces)

    def _do_bill_again(self, world):
        self.order._create_invoices(final=True).action_post()
        return replace(world, credited=False)

    def _do_credit(self, world):
        self._credit(self.order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice").sorted("id")[-1])
        return replace(world, credited=True)

    def _check(self, world, path):
        told = " → ".join(path)
        self.assertEqual(self.gift.use_count, int(world.used), f"uses: {told}")
        self.assertEqual(self._given(self.order), world.discount, f"discount: {told}")
        self.assertEqual(bool(self.order.club_discount_card), world.card, f"card: {told}")
        if world.used:
            self.assertEqual(
                self.gift.use_ids.filtered(lambda use: not use.undone_at).amount, world.discount, f"amount: {told}"
            )

    def _walk(self, world, path, depth):
        self._check(world, path)
        if depth <= self.gone_on.get(world, 0):
            return
        self.gone_on[world] = depth
        for name in self._legal(world):
            savepoint = self.env.cr.savepoint()
            self._walk(self._do(name, world), [*path, name], depth - 1)
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()

    def test_a_path_on_which_the_card_is_used_twice_or_lost(self):
        self._walk(World(), [], 6)
        self.assertGreater(self.steps, 60)
