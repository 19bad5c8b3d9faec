"""A shop to measure: one till with its cashier, goods, a loyalty program and as many customers as wanted.

The same calls make it on Odoo alone and with our addons; only the club is extra.
"""

import random
import time
from dataclasses import dataclass, field

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service import model as service

from . import rows

QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "no_reset_password": True,
}
PRODUCTS = 200


@dataclass
class World:
    db: str
    ours: bool
    count: int
    ids: dict = field(default_factory=dict)
    products: list = field(default_factory=list)

    @property
    def label(self):
        return f"{'ours' if self.ours else 'core'} {self.count:,}"

    def environment(self, cr, uid=SUPERUSER_ID):
        return api.Environment(cr, uid, {})

    def cursor(self):
        return Registry(self.db).cursor()

    def call(self, model, method, *args, **kwargs):
        """One call of the till as its cashier, in a transaction of its own: (seconds, queries, answer)."""
        started = time.perf_counter()
        with self.cursor() as cr:
            answer = service.execute_cr(cr, self.ids["cashier"], model, method, args, kwargs)
            queries = cr.sql_log_count
        return time.perf_counter() - started, queries, answer

    def row(self, table, index):
        """The id of the row made for customer ``index`` (0-based)."""
        return self.ids[table] + index


def build(db: str, ours: bool, count: int, seed: int) -> World:
    """Fill a copy of a template."""
    world = World(db, ours, count)
    with world.cursor() as cr:
        _shop(world.environment(cr)(context=QUIET), world, random.Random(seed))
    # an index made over rows that were changed a moment ago serves nobody while any transaction of the server is older
    _vacuum(world)
    with world.cursor() as cr:
        rows.fill(world.environment(cr), world, seed)
    _vacuum(world)
    with world.cursor() as cr:
        _open_till(world.environment(cr)(context=QUIET), world)
    return world


def _vacuum(world):
    with world.cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM (ANALYZE)")


def _shop(env, world, chance):
    # stock moves are most of an order's time, the same on both sides, and would hide the difference in noise
    env.company.point_of_sale_update_stock_quantities = "closing"
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
    method = env["pos.payment.method"].create({"name": "Card terminal", "journal_id": journal.id})
    tax = env["account.tax"].create(
        {"name": "10% included", "amount": 10, "type_tax_use": "sale", "price_include_override": "tax_included"}
    )
    config = env["pos.config"].create({"name": "Till", "payment_method_ids": [(6, 0, method.ids)]})
    # prices divide by eleven, so that price, net price and points are whole
    products = env["product.product"].create(
        [
            {
                "name": f"Product {number}",
                "list_price": chance.randrange(1, 10) * 11,
                "taxes_id": [(6, 0, tax.ids)],
                "supplier_taxes_id": [(5,)],
                "available_in_pos": True,
            }
            for number in range(PRODUCTS)
        ]
    )
    cashier = env["res.users"].create(
        {
            "name": "Cashier",
            "login": "bench-cashier",
            "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("point_of_sale.group_pos_user").id])],
        }
    )
    env["loyalty.program"].search([]).active = False
    program = _club(env, world, config) if world.ours else _program(env)
    _rules(program)
    world.products = [(product.id, product.list_price) for product in products]
    world.ids.update(
        program=program.id, config=config.id, method=method.id, tax=tax.id, cashier=cashier.id, company=env.company.id
    )


def _program(env):
    Program = env["loyalty.program"]
    return Program.create(
        {
            **Program._program_type_default_values()["loyalty"],
            "name": "Points",
            "program_type": "loyalty",
            "company_id": env.company.id,
            "currency_id": env.company.currency_id.id,
        }
    )


def _club(env, world, config):
    club = env["loyalty.club"].create({"name": "Club", "country_id": env.ref("base.ir").id})
    config.club_id = club
    world.ids.update(club=club.id, branch=config.club_branch_id.id, prefix=club.card_prefix)
    return club.points_program_id


def _rules(program):
    program.write(
        {
            "rule_ids": [(5,), (0, 0, {"reward_point_mode": "money", "reward_point_amount": 1, "minimum_qty": 1})],
            "reward_ids": [
                (5,),
                (
                    0,
                    0,
                    {"reward_type": "discount", "discount_mode": "per_point", "discount": 0.1, "required_points": 100},
                ),
            ],
        }
    )


def _open_till(env, world):
    config = env["pos.config"].browse(world.ids["config"]).with_user(world.ids["cashier"])
    config.open_ui()
    config.current_session_id.set_opening_control(0, None)
    world.ids["session"] = config.current_session_id.id
