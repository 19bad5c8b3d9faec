"""Whoever writes what only the server sets: by values, defaults, writing, copying, files and commands of a parent.

The list of fields is read from the registry: a new field that is read-only in Python and that nothing protects fails.
Long because it makes a good record of every model first.
"""

from datetime import date, datetime
from itertools import count

from odoo.addons.loyalty_club_sale.tests.common import ClubSaleCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

#: Refusals that leave nothing behind.
REFUSED = (AccessError, UserError, ValidationError)
#: Groups of the roles that are tried, the least first.
ROLES = {
    "cashier": "loyalty_club.group_club_cashier",
    "officer": "loyalty_club.group_club_officer",
    "accountant": "loyalty_club.group_club_accountant",
    "seller": "sales_team.group_sale_salesman",
    "bookkeeper": "account.group_account_invoice",
    "manager": "loyalty_club.group_club_manager",
    "administrator": "base.group_system",
}
#: The flow of a till writes these with its cashier's rights; ``sync_from_ui`` has its own tests.
TILLS = {"pos.order", "pos.order.line"}


def server_fields(model):
    """Of a model all stored fields of ours that are declared read-only, whatever guards them."""
    ours = model._name.startswith("loyalty.club")
    return {
        name: field
        for name, field in model._fields.items()
        if field.store
        and field.readonly
        and any(module.startswith("loyalty_club") for module in field._modules)
        and (ours or name.startswith("club_"))
    }


class TestServerFields(ClubSaleCommon):
    _number = count(1)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)  # what is there before the attack
        cls.credit = cls.club._club_ensure_program("credit")
        cls.club._club_ensure_program("gift")
        cls.company.write({"country_id": cls.env.ref("base.ir").id})
        cls.other = cls._member(name="Reza")
        cls.lot = cls._post(cls._account(cls.member), 50).lot_ids[:1]
        cls.roles = {name: cls._role(name, group) for name, group in ROLES.items()}
        cls.journal = cls.company_data["default_journal_bank"]
        cls.Template = cls.env["loyalty.club.template"]
        cls.text = cls.Template.create({"name": "Hello", "body": "Hello", "purpose": "news", "club_id": cls.club.id})
        cls.env["loyalty.club.automation"]._club_make(cls.club, cls.env["loyalty.club.trigger"].search([]))
        cls.gateway = cls.env["loyalty.club.gateway"].create(
            {"name": "Vendor", "type": "generic", "company_id": cls.company.id, "send_url": "http://127.0.0.1:1"}
        )
        cls.campaign = cls.env["loyalty.club.campaign"].create({"name": "Spring", "club_id": cls.club.id})

    @classmethod
    def _role(cls, name, group):
        user = cls._user("cashier", company=cls.company, login=f"attack_{name}")
        user.group_ids = [Command.set([cls.env.ref(group).id, cls.env.ref("base.group_user").id])]
        return user

    # -- records that people may make ----------------------------------------------------------------------------------

    def _values(self, model):
        """What somebody who may make a record of ``model`` sends in good faith."""
        number, club = next(self._number), self.club.id
        day = date(2099, 1, 1)
        makers = {
            "loyalty.club": lambda: {
                "name": f"Club {number}",
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            },
            "loyalty.club.branch": lambda: {"club_id": club, "name": "B", "code": f"B{number}"},
            "loyalty.club.member": lambda: {
                "club_id": club,
                "partner_id": self.env["res.partner"].create({"name": f"P{number}"}).id,
            },
            "loyalty.club.card.batch": lambda: {"club_id": club, "name": "Cards", "quantity": 5},
            "loyalty.club.adjustment": lambda: {"member_id": self.member.id, "amount": 5, "reason": "Because"},
            "loyalty.club.transfer": lambda: {
                "from_member_id": self.member.id,
                "to_member_id": self.other.id,
                "amount": 5,
            },
            "loyalty.club.extension": lambda: {
                "club_id": club,
                "lot_ids": [Command.set(self.lot.ids)],
                "last_day": day,
                "reason": "Because",
            },
            "loyalty.club.event.type": lambda: {"club_id": club, "name": "E", "code": f"own{number}", "amount": 5},
            "loyalty.club.gift.batch": lambda: {"club_id": club, "name": "Gifts", "quantity": 2, "value": 10},
            "loyalty.club.scope": lambda: {"club_id": club, "name": "Scope"},
            "loyalty.club.scope.line": lambda: {"scope_id": self._record("loyalty.club.scope").id, **self._branch()},
            "loyalty.club.referral.rule": lambda: {"club_id": club, "name": "Rule", "amount": 5},
            "loyalty.club.book": lambda: {"club_id": self._record("loyalty.club").id, "kind": "credit"},
            "loyalty.club.automation": lambda: {
                "template_id": self.Template.create({"name": "All", "body": "Hello", "purpose": "service"}).id,
                "trigger_id": self.env["loyalty.club.trigger"].search([("code", "=", "joined")]).id,
                "club_id": self._record("loyalty.club", automation_ids=[Command.clear()]).id,
            },
            "loyalty.club.template": lambda: {"name": "Text", "body": "Hello", "club_id": club, "purpose": "news"},
            "loyalty.club.occasion": lambda: {"name": f"Day {number}", "month": 3, "day": 1},
            "loyalty.club.occasion.date": lambda: {
                "occasion_id": self._record("loyalty.club.occasion").id,
                "date": date(2000 + number, 1, 1),
            },
            "loyalty.club.consent": lambda: {
                "member_id": self.member.id,
                "purpose": "offers",
                "channel": "sms",
                "given": True,
                "at": "2024-05-01 10:00:00",
                "note": "Form 17",
            },
            "loyalty.club.consent.text": lambda: {"body": "I agree", "club_id": club, "purpose": "offers"},
            "loyalty.club.incoming.word": lambda: {"word": f"word{number}", "club_id": club, "kind": "opt_out"},
            "loyalty.club.bot": lambda: {"club_id": self._record("loyalty.club").id, "kind": "bale"},
            "loyalty.club.audience.file": lambda: {"club_id": club, "name": "List"},
            "loyalty.club.campaign": lambda: {"club_id": club, "name": "Campaign"},
            "loyalty.club.campaign.variant": lambda: {"campaign_id": self.campaign.id, "template_id": self.text.id},
            "loyalty.club.gateway": lambda: {"name": "Vendor", "type": "generic", "company_id": self.company.id},
            "loyalty.club.gateway.line": lambda: {
                "gateway_id": self.gateway.id,
                "number": f"1000{number}",
                "purpose": "service",
            },
            "loyalty.program": lambda: {"name": f"Program {number}", "program_type": "promotion"},
            "loyalty.card": lambda: {
                "program_id": self._record("loyalty.program").id,
                "code": f"CODE{number}",
            },
            "sale.order": lambda: {
                "partner_id": self.other.partner_id.id,
                "company_id": self.company.id,
                "user_id": False,
            },
            "sale.order.line": lambda: {
                "order_id": self._record("sale.order").id,
                "product_id": self.goods.product_variant_id.id,
            },
            "account.move": lambda: {"move_type": "out_invoice", "partner_id": self.other.partner_id.id},
            "account.payment": lambda: {
                "payment_type": "inbound",
                "partner_id": self.other.partner_id.id,
                "amount": 5,
                "journal_id": self.journal.id,
            },
            "link.tracker": lambda: {"url": f"http://127.0.0.1:1/{number}", "title": "T"},
            "sms.sms": lambda: {"number": "+989120000001", "body": "Hello"},
        }
        return makers[model]()

    def _branch(self):
        code = f"N{next(self._number)}"
        return {"branch_id": self.branch.copy({"code": code}).id}

    def _record(self, model, **values):
        return self.env[model].create({**self._values(model), **values})

    def _samples(self):
        """{model: a record of it}, for models whose records people change but never make."""
        self.member._club_give_virtual_card()
        signals = self.env["loyalty.club.signal"].create(
            {"kind": "refunds", "key": "attack", "club_id": self.club.id, "day": date.today(), "user_id": 1}
        )
        notes = self.env["loyalty.club.exception"]._club_report("debt", self.club, "Look")
        gift = self.env["loyalty.club.gift"]._club_insert(
            [{"code": "ABCDEFGH12345678", "pin": "", "kind": "gift", "club_id": self.club.id, "value": 5}]
        )
        return {
            "loyalty.club.card": self.member.card_ids[:1],
            "loyalty.club.signal": signals,
            "loyalty.club.exception": notes,
            "loyalty.club.gift": self.env["loyalty.club.gift"].browse(list(gift.values())),
        }

    # -- what is tried -------------------------------------------------------------------------------------------------

    def _models(self):
        """Models with fields that only the server sets."""
        return {
            name: server_fields(self.env[name])
            for name, model in sorted(self.env.registry.items())
            if not model._abstract and not model._transient and model._auto and server_fields(self.env[name])
        }

    def _who(self, model, operation):
        """The least of the roles that may do it, and the manager when he may, too."""
        able = [name for name, user in self.roles.items() if self.env[model].with_user(user).has_access(operation)]
        return {name: self.roles[name] for name in {*able[:1], *({"manager"} & set(able))}}

    def _lies(self, model):
        """{field: a value that the server would not set}."""
        return {name: lie for name, field in server_fields(self.env[model]).items() if (lie := self._lie(field))}

    def _lie(self, field):
        fixed = {
            "char": "forged",
            "text": "forged",
            "integer": 77,
            "float": 77.0,
            "monetary": 77.0,
            "boolean": True,
            "date": date(2001, 2, 3),
            "datetime": datetime(2001, 2, 3, 4, 5, 6),
            "binary": "Zm9yZ2Vk",
            "many2one_reference": 77,
            "json": {"forged": 1},
        }
        if field.type in fixed:
            return fixed[field.type]
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        found = self.env[field.comodel_name].with_context(active_test=False).search([], order="id desc", limit=1)
        if field.type == "many2one":
            return found.id
        return [Command.link(found.id)] if found else None

    def _took(self, record, lies):
        """Names of the fields in which a lie stands."""
        record = record.sudo()
        record.invalidate_recordset()
        return {name for name, lie in lies.items() if self._holds(record, name, lie)}

    def _holds(self, record, name, lie):
        field, value = record._fields[name], record[name]
        if field.type in ("one2many", "many2many"):
            return lie[0][1] in value.ids
        if field.type == "many2one":
            return value.id == lie
        if field.type == "binary":
            return bool(value)
        return value == lie

    def _attack(self, attack, lies):
        """Names of the fields that ``attack(lies)``, which gives the record, wrote; one by one where it refuses."""
        try:
            with self.env.cr.savepoint(flush=True), mute_logger("odoo.addons.base.models.ir_model", "odoo.sql_db"):
                record = attack(dict(lies))  # core edits what it is given
                self.env.flush_all()
                return self._took(record, lies) if record else set()
        except (*REFUSED, ValueError, TypeError):
            self.env.invalidate_all()
            if len(lies) == 1:
                return set()
        return set().union(*(self._attack(attack, {name: lie}) for name, lie in lies.items()))

    def _honest(self, model, user):
        """What the server sets by itself when ``user`` makes such a record: no lie, though it may look like one."""
        record = self.env[model].with_user(user).create(self._values(model))
        return self._took(record, self._lies(model))

    # -- tests ---------------------------------------------------------------------------------------------------------

    def test_every_field_that_is_read_only_in_python_is_the_servers(self):
        for name, fields in self._models().items():
            model = self.env[name]
            guarded = getattr(model, "_club_server_fields", frozenset)()
            self.assertEqual(set(fields) - guarded, set(), f"{name}: nothing protects these; see club_guarded.py")

    def test_new_records_begin_as_the_server_begins_them(self):
        for model in self._models():
            if model in TILLS or not self._who(model, "create"):
                continue
            for role, user in self._who(model, "create").items():
                Model = self.env[model].with_user(user)
                lies = {n: lie for n, lie in self._lies(model).items() if n not in self._honest(model, user)}
                ways = {
                    "values": lambda lies, m=Model: m.create({**self._values(m._name), **lies}),
                    "defaults of the context": lambda lies, m=Model: m.with_context(
                        **{f"default_{name}": lie for name, lie in lies.items()}
                    ).create(self._values(m._name)),
                    "defaults that a user stores": self._with_stored_defaults(Model),
                    "a copy": self._by_copy(Model),
                    "a file": self._by_file(Model),
                    "the web client": self._by_web_save(Model),
                }
                for way, attack in ways.items():
                    with self.subTest(model=model, role=role, way=way):
                        self.assertEqual(self._attack(attack, lies), set())

    def _with_stored_defaults(self, Model):
        def attack(lies):
            Default = Model.env["ir.default"]
            for name, lie in lies.items():
                Default.set(Model._name, name, str(lie) if isinstance(lie, (date, datetime)) else lie, user_id=True)
            return Model.create(self._values(Model._name))

        return attack

    def _by_copy(self, Model):
        def attack(lies):
            record = self._record(Model._name)
            return record.with_user(Model.env.user).copy({**self._values(Model._name), **lies})

        return attack

    def _by_web_save(self, Model):
        def attack(lies):
            made = Model.web_save({**self._values(Model._name), **lies}, {"id": {}})
            return Model.browse(made[0]["id"])

        return attack

    def _by_file(self, Model):
        """An import, with database ids for relations."""

        def cell(name, value):
            field = Model._fields[name]
            if field.type == "many2one":
                return f"{name}/.id", str(value)
            if field.type in ("one2many", "many2many"):
                ids = [one for command in value for one in ([command[1]] if command[1] else command[2])]
                return f"{name}/.id", ",".join(map(str, ids))
            return name, str(value)

        def attack(lies):
            values = {**self._values(Model._name), **lies}
            columns = [cell(name, value) for name, value in values.items()]
            result = Model.load([name for name, _text in columns], [[text for _name, text in columns]])
            if not result["ids"]:
                raise UserError(str(result["messages"]))
            return Model.browse(result["ids"])

        return attack

    def test_what_the_server_set_is_not_written_by_others(self):
        samples = self._samples()
        for model in self._models():
            who = self._who(model, "write")
            if model in TILLS or not who:
                continue
            record = samples.get(model) or self._record(model)
            lies = {n: lie for n, lie in self._lies(model).items() if n not in self._took(record, self._lies(model))}
            for role, user in who.items():
                mine = record.with_user(user)
                for way, attack in {
                    "write": lambda lies, mine=mine: mine.write(lies) and mine,
                    "the web client": lambda lies, mine=mine: mine.web_save(lies, {"id": {}}) and mine,
                }.items():
                    with self.subTest(model=model, role=role, way=way):
                        self.assertEqual(self._attack(attack, lies), set())

    def test_a_parent_s_commands_are_no_way_round(self):
        samples = self._samples()
        for name, registered in sorted(self.env.registry.items()):
            if registered._abstract or registered._transient or not registered._auto:
                continue
            for field in self.env[name]._fields.values():
                if (
                    field.type != "one2many"
                    or not field.inverse_name
                    or not server_fields(self.env[field.comodel_name])
                ):
                    continue
                if field.comodel_name not in TILLS and not field.related:
                    self._try_commands(name, field, samples)

    def _try_commands(self, name, field, samples):
        child_model = field.comodel_name
        if not self._who(child_model, "write") or not self._who(name, "write"):
            return
        child = samples.get(child_model) or self._record(child_model)
        parent = self._parent(child, name, field)
        if parent:
            self._try_commands_of(parent, field, child)

    def _parent(self, child, name, field):
        """The record of model ``name`` that may command ``child`` through ``field``; empty when there is none."""
        inverse = child._fields.get(field.inverse_name)
        if inverse is None or inverse.comodel_name != name:
            return self.env[name]
        return child[field.inverse_name] or self.env[name].search([], limit=1)

    def _try_commands_of(self, parent, field, child):
        name, child_model = parent._name, child._name
        known = self._took(child, self._lies(child_model))
        lies = {n: lie for n, lie in self._lies(child_model).items() if n not in known and n != field.inverse_name}
        for role, user in self._who(name, "write").items():
            mine = parent.with_user(user)

            def update(lies, mine=mine):
                mine.write({field.name: [Command.update(child.id, lies)]})
                return child

            def create(lies, mine=mine, user=user):
                if name == "res.partner":  # a person is a member once
                    mine = self.env[name].create({"name": "Somebody"}).with_user(user)
                before = mine.sudo()[field.name]
                mine.write({field.name: [Command.create({**self._values(child_model), **lies})]})
                return mine.sudo()[field.name] - before

            with self.subTest(parent=name, field=field.name, role=role):
                self.assertEqual(self._attack(update, lies), set())
                if self._who(child_model, "create"):
                    honest = self._honest(child_model, self._who(child_model, "create").popitem()[1])
                    self.assertEqual(self._attack(create, {n: v for n, v in lies.items() if n not in honest}), set())

    def test_copies_carry_nothing_that_the_server_set(self):
        for model in self._models():
            if model in TILLS or not self._who(model, "create"):
                continue
            record = self._record(model)
            with self.subTest(model=model):
                self.assertEqual(set(record.copy_data()[0]) & set(server_fields(record)), set())

    def test_a_form_that_sends_what_is_there_is_served(self):
        adjustment = self._record("loyalty.club.adjustment").with_user(self.roles["officer"])
        adjustment.write({"state": "draft", "requested_by_id": False, "club_id": self.club.id, "amount": 7})
        self.assertEqual((adjustment.state, adjustment.amount), ("draft", 7))

    def test_translations_are_no_way_round(self):
        text = self._record("loyalty.club.consent.text").with_user(self.roles["manager"])
        with self.assertRaises(AccessError):
            text.update_field_translations("version", {"en_US": "7"})
