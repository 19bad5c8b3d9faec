"""Look-up: who is it? A scanned or typed card, a mobile in any form, or a name; one indexed query for the first two."""

from datetime import datetime, timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..rules.lives import last_day_of
from ..tools.card_number import clean
from ..tools.identify import classify
from ..tools.phone import is_mobile, to_e164

#: People shown for a name at most.
MANY = 10
#: What dies within so many days is told at the till.
SOON_DAYS = 30

CARD_FIRST = "loyalty_club_card c LEFT JOIN loyalty_club_member m ON m.id = c.member_id"
MEMBER_FIRST = """loyalty_club_member m
    LEFT JOIN LATERAL (SELECT id, number, state FROM loyalty_club_card
                        WHERE member_id = m.id AND state = 'active' ORDER BY id DESC LIMIT 1) c ON TRUE"""
SHEETS = """
    SELECT m.id AS member_id, m.partner_id, m.number, p.name, m.state, m.mobile, m.cashier_note,
           c.id AS card_id, c.number AS card_number, c.state AS card_state, accounts.list AS accounts
      FROM %(source)s
 LEFT JOIN res_partner p ON p.id = m.partner_id
 LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object(
                   'kind', a.kind, 'program_id', a.program_id, 'account_id', a.id, 'card_id', a.card_id,
                   'balance', a.balance, 'debt', a.debt,
                   'available', GREATEST(0, COALESCE(lots.usable, 0) - a.held),
                   'dies_at', soon.dies_at, 'dying', soon.dying)) AS list
          FROM loyalty_club_account a
     LEFT JOIN LATERAL (
            SELECT SUM(l.remaining) FILTER (WHERE (l.usable_from IS NULL OR l.usable_from <= %(now)s)
                                              AND (l.expires_at IS NULL OR l.expires_at > %(now)s)) AS usable
              FROM loyalty_club_lot l WHERE l.account_id = a.id AND l.remaining > 0) lots ON TRUE
     LEFT JOIN LATERAL (
            SELECT l.expires_at AS dies_at, SUM(l.remaining) AS dying FROM loyalty_club_lot l
             WHERE l.account_id = a.id AND l.remaining > 0 AND l.expires_at > %(now)s AND l.expires_at <= %(soon)s
          GROUP BY l.expires_at ORDER BY l.expires_at LIMIT 1) soon ON TRUE
         WHERE a.member_id = m.id) accounts ON TRUE
     WHERE %(holder)s = %(club)s AND %(condition)s
  ORDER BY p.name, m.id"""


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _club_identify(self, term):
        """Find members by what was scanned or typed at a till.

        :param term: card number, mobile in any form (Persian digits too) or part of a name
        :return: dict with ``status`` (member, many, unknown_mobile, card_refused, unknown), ``message`` (translated, or
            False), ``mobile`` (E.164 of an unknown mobile, or False) and ``members`` (sheets, see ``_club_sheets``)
        """
        self.ensure_one()
        finder = {
            "card": self._club_identify_card,
            "mobile": self._club_identify_mobile,
            "name": self._club_identify_name,
        }
        return finder[classify(term or "")](term or "")

    def _club_answer(self, status, members=(), message=False, mobile=False):
        return {"status": status, "message": message, "mobile": mobile, "members": list(members)}

    def _club_identify_card(self, term):
        number = clean(term)
        sheets = self._club_sheets(SQL("c.number = %s", number), by_card=True)
        sheet = sheets[0] if sheets else None
        if not sheet:
            return self._club_answer(
                "unknown",
                message=self.env._("No card has the number %s. Check the digits, or type the mobile number.", number),
            )
        card = self.env["loyalty.club.card"].browse(sheet["card"]["id"])
        refusal = card._club_refusal() if sheet["card"]["state"] != "active" or card.expires_on else False
        if not refusal and not sheet["member_id"]:
            refusal = self.env._("This card is not in use yet. Join the customer and give him this card.")
        if refusal:
            return {**self._club_answer("card_refused", message=refusal), "card_state": sheet["card"]["state"]}
        return self._club_answer("member", sheets)

    def _club_identify_partner(self, partner_id):
        """The member who is this partner; status unknown when he is none."""
        self.ensure_one()
        sheets = self._club_sheets(SQL("m.partner_id = %s AND m.state <> 'left'", partner_id))
        return self._club_answer("member" if sheets else "unknown", sheets[:1])

    def _club_identify_mobile(self, term):
        number = to_e164(term, self.country_id.code)
        if not number or not is_mobile(number):
            return self._club_identify_name(term)
        sheets = self._club_sheets(SQL("m.mobile = %s AND m.state <> 'left'", number))
        if sheets:
            return self._club_answer("member", sheets)
        return self._club_answer(
            "unknown_mobile", message=self.env._("Nobody in the club has this number yet."), mobile=number
        )

    def _club_identify_name(self, term):
        members = (
            self.env["loyalty.club.member"].search(
                [
                    ("club_id", "=", self.id),
                    ("state", "!=", "left"),
                    "|",
                    "|",
                    ("partner_id.name", "ilike", term),
                    ("number", "=ilike", term),
                    ("partner_id.phone", "ilike", term),
                ],
                limit=MANY,
            )
            if len(term.strip()) >= 2
            else self.env["loyalty.club.member"]
        )
        if not members:
            return self._club_answer("unknown", message=self.env._("Nobody found for “%s”.", term))
        sheets = self._club_sheets(SQL("m.id IN %s", tuple(members.ids)))
        return self._club_answer("member" if len(sheets) == 1 else "many", sheets)

    def _club_sheets(self, condition, by_card=False):
        """What a till shows of the members that match ``condition`` (over m = member, c = card), in one query.

        :return: list of dicts: member_id, partner_id, number, name, state, mobile, tier, note, card, accounts, expiring
        """
        self.ensure_one()
        self.env.flush_all()
        query = SQL(
            SHEETS,
            source=SQL(CARD_FIRST if by_card else MEMBER_FIRST),
            now=fields.Datetime.now(),
            soon=fields.Datetime.now() + timedelta(days=SOON_DAYS),
            holder=SQL("c.club_id" if by_card else "m.club_id"),
            club=self.id,
            condition=condition,
        )
        return [self._club_sheet(row) for row in self.env.execute_query_dict(query)]

    def _club_sheet(self, row):
        """One row of ``_club_sheets`` as the till reads it."""
        accounts = [self._club_sheet_account(account) for account in row["accounts"] or ()]
        dying = next((a for a in row["accounts"] or () if a["kind"] == "points" and a["dies_at"]), None)
        card = {"id": row["card_id"], "number": row["card_number"], "state": row["card_state"]}
        return {
            "member_id": row["member_id"],
            "partner_id": row["partner_id"],
            "number": row["number"],
            "name": row["name"],
            "state": row["state"],
            "mobile": row["mobile"],
            "tier": False,
            "note": row["cashier_note"] or False,
            "card": card if row["card_id"] else False,
            "accounts": accounts,
            "expiring": self._club_expiring(dying) if dying else False,
        }

    def _club_expiring(self, account):
        """What of an account dies first, and its last day where the club is."""
        last = last_day_of(datetime.fromisoformat(account["dies_at"]), self._club_zone())
        return {"amount": account["dying"], "on": fields.Date.to_string(last)}

    def _club_sheet_account(self, account):
        programs = self._club_programs_of_kinds()
        program = programs.filtered(lambda candidate: candidate.id == account["program_id"])
        names = ("kind", "program_id", "account_id", "card_id", "balance", "debt", "available")
        return {
            **{name: account[name] for name in names},
            "point_name": program.portal_point_name or "",
            "digits": program._club_decimals() if program else 2,
        }
