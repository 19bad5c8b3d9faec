"""The shop that the baskets are sold in: club, program, branches with tills, goods, and members with cards."""

from collections.abc import Iterable
from dataclasses import dataclass

from . import books
from .data import Basket, Product
from .money import CREDIT_PER_CENT
from .plan import CENTS_PER_POINT
from .value import Value

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}
TAX_PERCENT = 8

#: Goods made by one call.
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    partner_id: int
    card: str


class Shop:
    """Everything of the shop as it stands in the database, by the data's own numbers."""

    def __init__(self, env, club, cashier):
        self.env = env(context={**env.context, **QUIET})
        self.club = club
        self.cashier = cashier
        self.payment_method = self._payment_method()
        self.tax = self._tax()
        self.coupon_product = self._coupon_product()
        self.value = Value(self.club.with_env(self.env), int(CREDIT_PER_CENT * 100))
        self.tills = {}  # store: the open session's id and its till's id
        self.goods = {}  # product: (id, taxed)
        self.members = {}  # household: Member
        self.departments = {}

    @property
    def payment_methods(self):
        """What every till takes: the card terminal, and the club's own value."""
        return self.payment_method.union(*self.value.methods.values())

    @property
    def reward(self):
        """The reward that gives money for points."""
        return self.club.points_program_id.reward_ids.filtered(lambda reward: reward.discount_mode == "per_point")

    def _own(self, model: str, name: str, **values):
        """The record of this name, which another shop of the same database may have made."""
        return self.env[model].search([("name", "=", name)], limit=1) or self.env[model].create(
            {"name": name, **values}
        )

    def _payment_method(self):
        banks = [("type", "=", "bank"), ("company_id", "=", self.env.company.id)]
        journal = self.env["account.journal"].search(banks, limit=1)
        return self._own("pos.payment.method", "Card terminal", journal_id=journal.id)

    def _tax(self):
        return self._own(
            "account.tax",
            f"{TAX_PERCENT}% included",
            amount=TAX_PERCENT,
            type_tax_use="sale",
            price_include_override="tax_included",
        )

    def _coupon_product(self):
        return self._own(
            "product.product",
            "Customer's coupon",
            type="service",
            list_price=0,
            taxes_id=[(5,)],
            available_in_pos=True,
        )

    def open_stores(self, numbers: Iterable[int]) -> None:
        """A branch with a till and an open session for each store that has none."""
        missing = sorted(set(numbers) - set(self.tills))
        configs = self.env["pos.config"].create(
            [
                {"name": f"Store {number}", "payment_method_ids": [(6, 0, self.payment_methods.ids)]}
                for number in missing
            ]
        )
        branches = self.env["loyalty.club.branch"].create(
            [
                {
                    "club_id": self.club.id,
                    "name": f"Store {number}",
                    "code": f"S{number}",
                    "pos_config_ids": [(6, 0, config.ids)],
                }
                for number, config in zip(missing, configs, strict=True)
            ]
        )
        self.env.flush_all()
        for number, config, branch in zip(missing, configs, branches, strict=True):
            till = config.with_user(self.cashier)
            till.open_ui()
            till.current_session_id.set_opening_control(0, None)
            self.tills[number] = (till.current_session_id.id, config.id, branch.id)

    def stock(self, products: Iterable[Product], prices: dict[int, float]) -> None:
        """Goods that the shop doesn't have yet, at the price of their first sale."""
        missing = [product for product in products if product.id not in self.goods]
        for start in range(0, len(missing), BATCH):
            part = missing[start : start + BATCH]
            made = self.env["product.product"].create([self._product_values(product, prices) for product in part])
            self.goods.update((product.id, (row.id, product.taxed)) for product, row in zip(part, made, strict=True))
            self.env.cr.commit()
            self.env.invalidate_all()

    def _product_values(self, product: Product, prices: dict[int, float]) -> dict:
        return {
            "name": product.name,
            "default_code": str(product.id),
            "list_price": prices.get(product.id, 0),
            "type": "service",  # stock moves would take three quarters of the time, and say nothing about points
            "taxes_id": [(6, 0, self.tax.ids if product.taxed else [])],
            "supplier_taxes_id": [(5,)],
            "available_in_pos": True,
            "pos_categ_ids": [(4, self._department(product.department))],
        }

    def _department(self, name: str) -> int:
        if name not in self.departments:
            self.departments[name] = self.env["pos.category"].create({"name": name.capitalize()}).id
        return self.departments[name]

    def enrol(self, first_visits: Iterable[Basket]) -> None:
        """Make members of the households that are none yet, at the till and on the day of their first visit."""
        for visit in first_visits:
            if visit.household in self.members:
                continue
            till = self.env["pos.config"].browse(self.tills[visit.store][1]).with_user(self.cashier)
            sheet = till.club_join(mobile(visit.household), f"Household {visit.household}")["members"][0]
            self.env["loyalty.club.member"].browse(sheet["member_id"]).joined_at = visit.at
            self.members[visit.household] = Member(sheet["member_id"], sheet["partner_id"], sheet["card"]["number"])

    def close_stores(self) -> None:
        """Close the tills' sessions, so that the sales are in the books of account."""
        for session_id, _config_id, _branch_id in self.tills.values():
            session = self.env["pos.session"].browse(session_id)
            answer = session.close_session_from_ui()
            if not answer.get("successful"):
                raise SystemExit(f"the session {session.name} could not be closed: {answer}")
            self.env.cr.commit()
            self.env.invalidate_all()


def mobile(household: int) -> str:
    """A number of its own for each household, in the form that people write it."""
    return f"0912{1_000_000 + household:07d}"


def new_club(env, name: str):
    """A club whose program has the rules that ``books`` calculates with."""
    # what is sold on the days of the data is spent today
    values = {"name": name, "country_id": env.ref("base.ir").id, "gift_valid_months": 0}
    club = env["loyalty.club"].with_context(**QUIET).create(values)
    set_rules(club.points_program_id)
    return club


def set_rules(program) -> None:
    """One point per currency unit paid, more for a large basket, and money for points."""
    rules = [
        {"reward_point_mode": "money", "reward_point_amount": float(books.POINTS_PER_CENT * 100), "minimum_qty": 0},
        {
            "reward_point_mode": "order",
            "reward_point_amount": books.EXTRA_POINTS,
            "minimum_amount": books.EXTRA_FROM_CENTS / 100,
            "minimum_qty": 0,
        },
    ]
    reward = {
        "reward_type": "discount",
        "discount_mode": "per_point",
        "discount": CENTS_PER_POINT / 100,
        "discount_applicability": "order",
        "required_points": 1,
    }
    program.write(
        {
            "club_digits": 0,
            "portal_point_name": "points",
            "rule_ids": [(5,), *((0, 0, rule) for rule in rules)],
            "reward_ids": [(5,), (0, 0, reward)],
        }
    )


def new_cashier(env):
    """Who works at the tills: only what a cashier may."""
    return (
        env["res.users"]
        .with_context(**QUIET, no_reset_password=True)
        .create(
            {
                "name": "Cashier of the replay",
                "login": "replay-cashier",
                "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("point_of_sale.group_pos_user").id])],
            }
        )
    )
