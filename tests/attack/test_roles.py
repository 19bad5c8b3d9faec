"""Everybody calls everything: nobody gets further than their work, and no nonsense ends in a traceback."""

import inspect
import random

from public_methods import FIELDS, GROUPS, METHODS, OF_ODOO, ROUTES

from odoo import http
from odoo.addons.loyalty_club_pos.tests.common_pay import ClubPayCommon
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

OURS = "odoo.addons.loyalty_club"
REFUSALS = (UserError, AccessError, ValidationError, MissingError)
#: Calls of each method by each role, besides the quiet one without arguments.
ROUNDS = 5
USERS = {
    "portal": "base.group_portal",
    "internal": "base.group_user",
    "cashier": "base.group_user,point_of_sale.group_pos_user",
    "boss": "base.group_user,point_of_sale.group_pos_manager",
    "seller": "base.group_user,sales_team.group_sale_salesman",
    "invoicer": "base.group_user,account.group_account_invoice",
    "officer": "loyalty_club.group_club_officer",
    "manager": "loyalty_club.group_club_manager",
    "auditor": "loyalty_club.group_club_auditor",
    "accountant": "loyalty_club.group_club_accountant",
}
TELL = (
    "These can be called from outside and do not stand in tests/attack/public_methods.py. Begin the name with an "
    "underscore; or, if people have to call it, write down there who may, at least."
)


def our_classes(model_class):
    return [cls for cls in model_class.mro() if cls.__module__.startswith(OURS) and ".tests" not in cls.__module__]


@tagged("post_install", "-at_install")
class TestRoles(ClubPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {name: new_test_user(cls.env, f"role_{name}", groups=groups) for name, groups in USERS.items()}
        cls.other_company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.foreign = cls._make_club(name="Foreign", company_id=cls.other_company.id)
        cls.stranger = cls._member(club=cls.foreign, name="Stranger")

    # -- what there is --------------------------------------------------------------------------------

    def _methods(self):
        """{"model.method": names of our modules that define it}, all that a call from outside reaches."""
        found = {}
        for name, model_class in self.registry.items():
            model = self.env[name]
            if model._abstract:
                continue  # nobody's records; what inherits it is looked at
            for cls in our_classes(model_class):
                for attribute, value in vars(cls).items():
                    if attribute.startswith("_") or not inspect.isfunction(value) or attribute in OF_ODOO:
                        continue
                    try:
                        get_public_method(model, attribute)
                    except AccessError:
                        continue
                    found[f"{name}.{attribute}"] = cls.__module__
        return found

    def _routes(self):
        found, classes = {}, set()
        waiting = [http.Controller]
        while waiting:
            more = waiting.pop().__subclasses__()
            waiting += [cls for cls in more if cls not in classes]
            classes.update(more)
        for cls in classes:
            for name, value in vars(cls).items() if cls.__module__.startswith(OURS) else ():
                routing = getattr(value, "original_routing", None)
                if routing is not None:
                    # without a path of its own it goes on from Odoo's
                    for path in routing.get("routes") or [f"{cls.__name__}.{name}"]:
                        found[path] = routing.get("auth", "as Odoo's")
        return found

    def _new(self, found, listed):
        return sorted(set(found) - set(listed)), sorted(set(listed) - set(found))

    def test_every_public_method_says_who_may_call_it(self):
        new, gone = self._new(self._methods(), METHODS)
        self.assertEqual(new, [], TELL)
        self.assertEqual(gone, [], "These are called by nobody any more: take them off tests/attack/public_methods.py.")

    def test_every_route_says_who_may_call_it(self):
        routes = self._routes()
        new, gone = self._new(routes, ROUTES)
        self.assertEqual(new, [], "Write down in tests/attack/public_methods.py who may call these pages.")
        self.assertEqual(gone, [], "These pages are gone: take them off tests/attack/public_methods.py.")
        self.assertEqual({path: auth for path, auth in routes.items() if ROUTES[path][0] != auth}, {})

    def test_every_field_of_ours_that_a_till_sends_says_what_the_server_makes_of_it(self):
        for name, listed in FIELDS.items():
            ours = {
                field.name
                for field in self.env[name]._fields.values()
                if any(str(module).startswith("loyalty_club") for module in field._modules)
                and not any(not str(module).startswith("loyalty_club") for module in field._modules)
            }
            new, gone = self._new(ours, listed)
            self.assertEqual(
                new,
                [],
                f"A till can send these with {name}. Say in tests/attack/public_methods.py what the server makes of "
                "them: computed by the server, checked, or nothing.",
            )
            self.assertEqual(gone, [], f"{name} has no such fields: take them off tests/attack/public_methods.py.")

    # -- everybody calls everything --------------------------------------------------------------------------------

    def _value(self):
        self.env.cr.execute("SELECT count(*), COALESCE(SUM(amount), 0) FROM loyalty_club_posting")
        return self.env.cr.fetchone()

    def _written(self):
        """Rows that this transaction has written so far, by table; tries are counted for everybody."""
        self.env.cr.execute(
            """SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
                WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'loyalty_club_attempt'"""
        )
        return dict(self.env.cr.fetchall())

    def _may(self, user, roles):
        return any(GROUPS[role] is None or user.has_group(GROUPS[role]) for role in roles.split())

    def _hostile(self, chance):
        """Something that no honest program sends, or an honest id of somebody else."""
        return chance.choice(
            [
                None,
                "",
                True,
                -1,
                0,
                self.stranger.id,
                self.stranger.partner_id.id,
                self.member.partner_id.id,
                2**31,
                10**30,
                1e308,
                float("nan"),
                float("inf"),
                "1e999",
                "credit",
                "points",
                "'; DROP TABLE loyalty_club_posting; --",
                "%",
                "\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
                "9" * 4000,
                [],
                [[]],
                [[[["x"]]]],
                [None],
                [2**40],
                list(range(1, 3000)),
                {},
                {"product_id": [], "amount": {}},
                [{"product_id": self.bread.id, "amount": "x"}],
                [{"product_id": "x"}],
            ]
        )

    def _filled(self, model):
        """Values for what a record cannot do without."""
        values = {}
        for name, field in model._fields.items():
            if not field.required or field.compute or field.related or name in ("id", "create_uid"):
                continue
            if name in model.default_get([name]):
                continue
            if field.type == "many2one":
                values[name] = self.env[field.comodel_name].sudo().search([], limit=1).id
            elif field.type == "selection":
                values[name] = field.get_values(self.env)[0]
            else:
                values[name] = {"char": "x", "text": "x", "integer": 1, "float": 1, "monetary": 1}.get(
                    field.type, False
                )
        return values

    def _record(self, model, user):
        """A record of ``model`` in this company, or the id of none."""
        if model._transient:
            try:
                with self.env.cr.savepoint():
                    made = model.with_user(user).create(self._filled(model.with_user(user)))
                    self.env.flush_all()
                    return made.id
            except Exception:  # noqa: BLE001 who may not even open the dialog calls it for a record that is not there
                return 2**31 - 1
        found = model.sudo().search([], limit=1)
        if not found:
            try:
                with self.env.cr.savepoint():
                    found = model.sudo().create(self._filled(model.sudo()))
                    self.env.flush_all()
            except Exception:  # noqa: BLE001 as above
                return 2**31 - 1
        return found.id

    def _calls(self, name, model, method, user, chance):
        """(arguments) of each call: first as meant, then with nonsense."""
        function = getattr(type(model), method)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        named = [parameter for parameter in parameters if parameter.kind == parameter.POSITIONAL_OR_KEYWORD]
        own = self._record(model, user)
        is_model = getattr(function, "_api_model", False)
        for turn in range(ROUNDS if named else 2):
            ids = [own] if turn == 0 or chance.random() < 0.7 else chance.choice([[], [2**31 - 1], [own, own]])
            arguments = [self._hostile(chance) for _parameter in named]
            yield arguments if is_model else [ids, *arguments]

    def _attack(self, name, user, chance):
        """What went wrong in calls of one method by one user, as sentences."""
        model_name, method = name.rsplit(".", 1)
        model = self.env[model_name]
        theirs = [cls for cls in type(model).mro()[1:] if not cls.__module__.startswith(OURS)]
        of_odoo = any(method in vars(cls) for cls in theirs)
        allowed = self._may(user, METHODS[name][0])
        for arguments in self._calls(name, model, method, user, chance):
            wrong = self._call(model.with_user(user), method, arguments, allowed, of_odoo)
            if wrong:
                yield f"{name}{arguments!r:.200} as {user.login}: {wrong}"

    def _call(self, model, method, arguments, allowed, of_odoo):
        self.env.flush_all()
        value, written = self._value(), self._written()
        wrong = None
        try:
            with self.env.cr.savepoint():
                try:
                    call_kw(model, method, arguments, {})
                    self.env.flush_all()
                    now = self._written()
                    changed = {table for table, count in now.items() if count != written.get(table, 0)}
                    if not allowed and changed:
                        wrong = f"wrote {sorted(changed)}"
                    if not allowed and self._value() != value:
                        wrong = "moved value"
                    if allowed and self._value() != value:
                        self._check_ledger()
                except REFUSALS:
                    pass
                except Exception as error:  # noqa: BLE001 this is what is looked for
                    if not of_odoo and "Expected singleton" not in str(error):
                        wrong = f"{type(error).__name__}: {error}"[:300]
                raise _Undone
        except _Undone:
            pass
        self.env.invalidate_all()
        return wrong

    @mute_logger("odoo.sql_db", "odoo.addons.mail.models.mail_mail", "odoo.models.unlink")
    def test_everybody_calls_everything_with_nonsense(self):
        self._give(500)
        self._load_credit(200)
        chance = random.Random(8)
        wrong = []
        for name in sorted(METHODS):
            for user in self.users.values():
                wrong += self._attack(name, user, chance)
        self.assertEqual(wrong, [], "\n".join(["", *wrong[:200]]))

    def test_each_listed_role_exists(self):
        roles = {role for names, _what in METHODS.values() for role in names.split()}
        self.assertEqual(roles - set(GROUPS), set())


class _Undone(Exception):
    """Ends an attack whose traces go."""
