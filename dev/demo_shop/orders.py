"""Orders of the sample club: credit and cards that were sold, invoices paid with credit, a refund, an open invoice."""

from odoo.fields import Command


def fill(place, users, now) -> None:
    """Sell credit and gift cards by sale order, be paid with credit, give some back; needs the books first."""
    env, club = place.env, place.club
    if "sale.order" not in env:
        return
    gift = club._club_ensure_program("gift")
    club.action_club_set_up_books()
    club._club_offer_online()
    members = [env["loyalty.club.member"].browse(place.members[number].id) for number in sorted(place.members)[:6]]
    for number, member in enumerate(members):
        member.partner_id.email = member.partner_id.email or f"member{number}@example.com"
    top_up = club._club_program("credit").trigger_product_ids
    card = gift.trigger_product_ids
    club.action_club_set_up_books()  # what has just been made books on the liability, without tax
    goods = env["product.product"].create(
        {"name": "Catering for a party", "type": "service", "invoice_policy": "order", "taxes_id": [Command.clear()]}
    )
    for member in members[:3]:
        pay(env, bill(env, club, member, [(top_up, 1, 500)]))
    pay(env, bill(env, club, members[3], [(card, 2, 300)]))
    bill(env, club, members[4], [(card, 1, 300)])
    credit = club._club_book("credit", club.company_id).payment_journal_id
    party = bill(env, club, members[0], [(goods, 1, 640)])
    pay(env, party, journal=credit, amount=400)
    pay(env, party)
    small = bill(env, club, members[1], [(goods, 1, 120)])
    pay(env, small, journal=credit)
    note = small._reverse_moves([{"ref": "Guests were fewer"}])
    note.invoice_line_ids.price_unit = 50
    note.action_post()
    pay(env, note, journal=credit)
    order(env, club, members[2], [(goods, 1, 350)], require_payment=True).action_quotation_sent()
    for member in members[1:3]:
        bill(env, club, member, [(goods, 1, 90)])  # open: they look at it in the portal, and may pay with credit
    env.cr.flush()


def order(env, club, member, lines, **values):
    return env["sale.order"].create(
        {
            "partner_id": member.partner_id.id,
            "company_id": club.company_id.id,
            "club_branch_id": club.branch_ids[:1].id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": quantity, "price_unit": price})
                for product, quantity, price in lines
            ],
            **values,
        }
    )


def bill(env, club, member, lines):
    sold = order(env, club, member, lines)
    sold.action_confirm()
    invoice = sold._create_invoices()
    invoice.action_post()
    env.cr.flush()
    return invoice


def pay(env, invoice, journal=None, amount=None):
    """Register a payment: in the first bank journal that is not a club's, or in ``journal``."""
    if not journal:
        ours = env["loyalty.club.book"].search([]).payment_journal_id
        kinds = [
            ("type", "in", ("bank", "cash")),
            ("company_id", "=", invoice.company_id.id),
            ("id", "not in", ours.ids),
        ]
        journal = env["account.journal"].search(kinds, limit=1)
    values = {"journal_id": journal.id, **({"amount": amount} if amount else {})}
    register = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    register.create(values)._create_payments()
    env.cr.flush()
