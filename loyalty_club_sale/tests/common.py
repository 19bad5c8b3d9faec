"""A club that sells by orders: products without stock, one member with points, documents by short calls."""

from decimal import Decimal

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.loyalty_club.tests.common import ClubCase
from odoo.fields import Command


class ClubSaleCommon(ClubCase, AccountTestInvoicingCommon):
    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("sales_team.group_sale_manager")
            | cls.quick_ref("loyalty_club.group_club_manager")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        quiet = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True, "no_reset_password": True}
        cls.env = cls.env(context={**cls.env.context, **quiet})
        cls.env["loyalty.program"].search([]).active = False
        cls.company = cls.company_data["company"]
        cls.club = cls._make_sale_club("confirmed")
        cls.program = cls.club.points_program_id
        cls.branch = cls.env["loyalty.club.branch"].create(
            {"club_id": cls.club.id, "name": "Main", "code": "M", "company_id": cls.company.id}
        )
        cls.goods = cls._goods("Goods", 100)
        cls.member = cls._member(name="Sara")
        cls.partner = cls.member.partner_id

    @classmethod
    def _make_sale_club(cls, state, rules=None, rewards=None, **values):
        """A club whose points program gives 1 point per 10 paid and 50 off for 20 points."""
        club = cls._make_club(
            name=f"Club {state}",
            company_id=cls.company_data["company"].id,
            currency_id=cls.company_data["currency"].id,
            sale_earn_state=state,
            **values,
        )
        rules = rules or [{"reward_point_mode": "money", "reward_point_amount": 0.1}]
        rewards = rewards or [cls._fixed_discount()]
        club.points_program_id.write(
            {
                "rule_ids": [Command.clear()] + [Command.create(rule) for rule in rules],
                "reward_ids": [Command.clear()] + [Command.create(reward) for reward in rewards],
            }
        )
        return club

    @classmethod
    def _fixed_discount(cls, discount=50, points=20):
        return {
            "reward_type": "discount",
            "discount_mode": "per_order",
            "discount": discount,
            "discount_applicability": "order",
            "required_points": points,
        }

    @classmethod
    def _goods(cls, name, price, taxes=None, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "service_type": "manual",
                "invoice_policy": "order",
                "list_price": price,
                "taxes_id": [Command.set(taxes.ids if taxes else [])],
                **values,
            }
        )

    @classmethod
    def _order(cls, lines=None, partner=None, **values):
        """A quotation; ``lines`` is a list of (product, quantity, unit price or None)."""
        lines = lines or [(cls.goods, 4, 100)]
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.partner).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                        | ({} if price is None else {"price_unit": price})
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )

    def _give(self, points, member=None, program=None):
        """Points to spend, by the ledger's own door."""
        account = self._account(member or self.member, program or self.program)
        self._post(account, points)
        return account

    def _claim(self, order, reward=None):
        """Claim a reward as the button does."""
        reward = reward or self.program.reward_ids
        order._update_programs_and_rewards()
        claimable = order._get_claimable_rewards()
        card = next(card for card, rewards in claimable.items() if reward in rewards)
        answer = order._apply_program_reward(reward, card)
        self.assertFalse(answer, "the reward can be claimed")

    def _commit(self):
        """What a request does before it commits."""
        self.env.cr.flush()

    def _balance(self, member=None, program=None):
        """The ledger's balance, exactly."""
        program = program or self.program
        accounts = (member or self.member)._club_accounts()
        return accounts.get(program.id, (None, Decimal(0)))[1]

    def _totals(self, order, program=None):
        """(earned, spent) of an order in the ledger, net of what was undone."""
        self._commit()
        earned = spent = Decimal(0)
        for row in order._club_booked().get(order.id, []):
            if row.program_id == (program or self.program).id:
                earned += row.amount if row.side in ("earned", "loaded") else 0
                spent -= row.amount if row.side == "spent" else 0
        return earned, spent

    def _assert_totals(self, order, earned, spent=0, program=None):
        self.assertEqual(self._totals(order, program), (Decimal(str(earned)), Decimal(str(spent))))

    def _entries(self, order):
        return self.env["loyalty.club.entry"].search(
            [("origin_model", "=", "sale.order"), ("origin_id", "=", order.id)], order="id"
        )

    # -- documents -----------------------------------------------------------------------------------------------------

    def _invoice(self, order, final=False):
        invoice = order._create_invoices(final=final)
        invoice.action_post()
        self._commit()
        return invoice

    def _credit(self, invoice, quantity=None):
        """A posted credit note of the whole invoice, or of ``quantity`` pieces of its goods alone."""
        note = self._reverse_invoice(invoice)
        if quantity is not None:
            goods = note.invoice_line_ids.filtered(lambda line: not line.sale_line_ids.reward_id)
            (note.invoice_line_ids - goods).unlink()
            goods.quantity = quantity
        note.action_post()
        self._commit()
        return note

    def _pay(self, invoice):
        self._register_payment(invoice)
        self._commit()
