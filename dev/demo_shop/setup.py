"""Builds the sample club: languages, users of every role, branches with tills, goods, rewards, members and cards."""

from datetime import datetime, timedelta

from replay.shop import QUIET, Member, Shop, set_rules

from . import people

PERSIAN = "fa_IR"

TILLS, MEMBERS = "point_of_sale.action_pos_config_kanban", "loyalty_club.loyalty_club_member_action"

#: A manager sells at the tills too, and gift cards with an invoice.
MANAGER = ("loyalty_club.group_club_manager", "point_of_sale.group_pos_manager", "account.group_account_invoice")
#: Login (also the password), name, groups, language; cashiers start at the tills, the others at the members.
USERS = (
    ("cashier", "Cashier", ("point_of_sale.group_pos_user",), "en_US"),
    ("officer", "Officer", ("loyalty_club.group_club_officer",), "en_US"),
    ("manager", "Manager", MANAGER, "en_US"),
    ("accountant", "Accountant", ("loyalty_club.group_club_accountant",), "en_US"),
    ("auditor", "Auditor", ("loyalty_club.group_club_auditor",), "en_US"),
    ("modir", "مدیر باشگاه", MANAGER, PERSIAN),
)

#: A manual change above this needs a second person.
ADJUST_LIMIT = 500
STOCK_CARDS, PLASTIC_CARDS = 200, 15


def both(record, field: str, english: str, persian: str) -> None:
    """Write a text in both languages."""
    record.with_context(lang="en_US")[field] = english
    record.with_context(lang=PERSIAN)[field] = persian


def load_language(env) -> None:
    env["res.lang"]._activate_lang(PERSIAN)
    env["ir.module.module"].search([("state", "=", "installed")])._update_translations([PERSIAN])


def make_users(env) -> dict:
    """{login: user}; the administrator stays as he is."""
    User = env["res.users"].with_context(no_reset_password=True, **QUIET)
    basic = env.ref("base.group_user").id
    values = [
        {
            "login": login,
            "password": login,
            "name": name,
            "lang": language,
            "tz": "Asia/Tehran",
            "action_id": env.ref(TILLS if login == "cashier" else MEMBERS).id,
            "odoobot_state": "disabled",
            "group_ids": [(6, 0, [basic, *(env.ref(group).id for group in groups)])],
        }
        for login, name, groups, language in USERS
    ]
    env.ref("base.user_admin").tz = "Asia/Tehran"
    env.company.partner_id.tz = "Asia/Tehran"  # days of the club end there, from the first lot on
    return {user.login: user for user in User.create(values)}


def make_club(env):
    """The club with its points program, its credit program and the rewards that members can choose."""
    club = env["loyalty.club"].create(
        {
            "name": "Sample Club",
            "country_id": env.ref("base.ir").id,
            "adjust_limit": ADJUST_LIMIT,
            "gift_valid_months": 0,  # cards of the data's year are spent today
        }
    )
    both(club, "name", "Sample Club", "باشگاه نمونه")
    set_rules(club.points_program_id)
    both(club.points_program_id, "portal_point_name", "points", "امتیاز")
    both(club.points_program_id, "name", "Points of the Sample Club", "امتیاز باشگاه نمونه")
    club.action_club_make_credit_program()
    return club


def make_place(env, club, cashier) -> Shop:
    """The sample shop's branches, tills and goods, in the form that the replay's till sells from."""
    place = Shop(env, club, cashier)
    both(place.payment_method, "name", "Card terminal", "کارت‌خوان")
    departments = env["pos.category"].create([{"name": english} for english, _persian in people.DEPARTMENTS])
    for category, (english, persian) in zip(departments, people.DEPARTMENTS, strict=True):
        both(category, "name", english, persian)
    make_goods(place, departments)
    tea = place.goods[2][0]
    club.points_program_id.reward_ids = [
        (0, 0, {"reward_type": "product", "reward_product_id": tea, "required_points": 150})
    ]
    for number, (code, name) in enumerate(people.BRANCHES, start=1):
        make_branch(place, number, code, name, departments)
    return place


def make_goods(place: Shop, departments) -> None:
    made = place.env["product.product"].create(
        [
            {
                "name": english,
                "list_price": cents / 100,
                "type": "service",  # as in the replay: stock is not what this shows
                "taxes_id": [(5,)],
                "available_in_pos": True,
                "pos_categ_ids": [(6, 0, departments[department].ids)],
            }
            for english, _persian, cents, department in people.GOODS
        ]
    )
    for number, (product, (english, persian, *_rest)) in enumerate(zip(made, people.GOODS, strict=True), start=1):
        both(product, "name", english, persian)
        place.goods[number] = (product.id, False)


def make_branch(place: Shop, number: int, code: str, name: str, departments) -> None:
    cash = place.env["account.journal"].create({"name": f"Cash {code}", "type": "cash", "code": f"C{code}"})
    coins = place.env["pos.payment.method"].create({"name": "Cash", "journal_id": cash.id})
    both(coins, "name", "Cash", "نقد")
    config = place.env["pos.config"].create(
        {
            "name": name,
            "payment_method_ids": [(6, 0, (coins | place.payment_methods).ids)],
            # only the sample shop's goods; those of the replayed stores are thousands
            "limit_categories": True,
            "iface_available_categ_ids": [(6, 0, departments.ids)],
            "show_product_images": False,
            "show_category_images": False,
        }
    )
    branch = place.env["loyalty.club.branch"].create(
        {"club_id": place.club.id, "name": name, "code": code, "pos_config_ids": [(6, 0, config.ids)]}
    )
    till = config.with_user(place.cashier)
    till.open_ui()
    till.current_session_id.set_opening_control(0, None)
    place.tills[number] = (till.current_session_id.id, config.id, branch.id)


def make_members(place: Shop, users: dict, count: int, now: datetime) -> None:
    """Members who joined over the last three months, most with the card on their phone, some with a plastic one."""
    batch = place.env["loyalty.club.card.batch"].create(
        {"name": "First print run", "club_id": place.club.id, "quantity": STOCK_CARDS}
    )
    batch.action_make()
    plastic = place.env["loyalty.club.card"].search([("batch_id", "=", batch.id)], order="id", limit=PLASTIC_CARDS)
    for person in people.people(count):
        member = join(place, users, person, now)
        if person.number <= len(plastic):
            plastic[person.number - 1]._club_activate(member)
        card = member.card_ids.filtered(lambda card: card.state == "active").sorted("id")[-1:]
        place.members[person.number] = Member(member.id, member.partner_id.id, card.number)


def join(place: Shop, users: dict, person: people.Person, now: datetime):
    channel, user = (("till", "cashier"), ("till", "cashier"), ("backoffice", "officer"))[person.number % 3]
    member, _created = place.env["loyalty.club.member"]._club_enrol(
        place.club,
        mobile=person.mobile,
        name=person.name,
        joined_at=now - timedelta(days=62 + person.number * 29 % 30, hours=person.number % 9),
        joined_branch_id=place.tills[person.branch + 1][2],
        joined_channel=channel,
        joined_user_id=users[user].id,
        cashier_note="حساسیت به بادام‌زمینی" if person.number == 4 else False,
    )
    member.partner_id.write(
        {
            "club_birth_date": person.birth,
            "club_gender": person.gender,
            "club_district": person.district,
            "club_education": person.education,
            "city": "تهران",
            "lang": PERSIAN,
        }
    )
    return member


def prepare_pages(env) -> None:
    """Make the scripts and styles that the first pages need, so that the first click is not the slow one."""
    pages = env["ir.qweb"]
    for bundle in ("web.assets_web", "web.assets_frontend_lazy", "web.assets_frontend_minimal"):
        pages._get_asset_bundle(bundle, css=False).js()
    for bundle in ("web.assets_web", "web.assets_web_print", "web.assets_frontend"):
        pages._get_asset_bundle(bundle, js=False).css()
    tills = pages._get_asset_bundle("point_of_sale.assets_prod")
    tills.js()
    tills.css()
    for bundle in ("web.assets_web", "web.assets_web_print", "point_of_sale.assets_prod"):
        pages._get_asset_bundle(bundle, js=False, rtl=True).css()
