"""What every test of the club starts from: builders with defaults, and the ledger's invariants after each class."""

from decimal import Decimal
from itertools import count

from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.tests import TransactionCase


class ClubCase:
    """A club, members and movements by short calls. A mixin, so that core's own test cases can be used with it."""

    _mobiles = count(9120000000)
    _keys = count(1)

    @classmethod
    def _make_club(cls, **values):
        values = {"name": "Test club", "country_id": cls.env.ref("base.ir").id, **values}
        return cls.env["loyalty.club"].create(values)

    @classmethod
    def _member(cls, club=None, name="Sara", mobile=None, **values):
        mobile = mobile or f"0{next(cls._mobiles)}"
        return cls.env["loyalty.club.member"]._club_enrol(club or cls.club, mobile=mobile, name=name, **values)[0]

    @classmethod
    def _user(cls, role, company=None, **values):
        """A user who is nothing but ``role`` (cashier, officer, manager, accountant, auditor); login = password."""
        company = company or cls.env.company
        login = values.pop("login", f"club_{role}")
        group = cls.env.ref(f"loyalty_club.group_club_{role}")
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True, mail_create_nosubscribe=True)
            .create(
                {
                    "name": login,
                    "login": login,
                    "password": login,
                    "email": f"{login}@example.com",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, group.ids)],
                    **values,
                }
            )
        )

    @classmethod
    def _account(cls, member, program=None):
        return member._club_account(program or member.club_id.points_program_id)

    @classmethod
    def _movement(cls, account, amount, kind="earn", key=None, **values):
        incoming = values.pop("incoming", kind in ("earn", "load", "opening"))
        counter = values.pop("counter", {"earn": "issue", "load": "issue", "redeem": "redeem"}.get(kind, kind))
        return Movement(
            key=key or f"test:{next(cls._keys)}",
            kind=kind,
            account_id=account.id,
            amount=Decimal(str(amount)),
            incoming=incoming,
            counter=counter,
            **values,
        )

    @classmethod
    def _post(cls, account, amount, kind="earn", **values):
        return cls.env["loyalty.club.entry"]._club_post([cls._movement(account, amount, kind, **values)])

    @classmethod
    def _check_ledger(cls, env=None):
        """Fail with the broken invariants of the ledger."""
        result = (env or cls.env)["loyalty.club.check"]._club_check()
        if not result["ok"]:
            raise AssertionError(f"The ledger is broken: {result['failures']}")

    def tearDown(self):
        self._check_ledger()  # before the test's transaction is rolled back
        super().tearDown()


class ClubCommon(ClubCase, TransactionCase):
    """A club with its points program and one branch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.club = cls._make_club()
        cls.program = cls.club.points_program_id
        cls.branch = cls.env["loyalty.club.branch"].create({"club_id": cls.club.id, "name": "Main", "code": "M"})
