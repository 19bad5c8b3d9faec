"""Codes of cards: kept as keyed hashes, read at tills and orders with one same answer for everything that is wrong."""

import hmac
import json
import secrets

from odoo import api, fields, models
from odoo.tools import SQL, config

from ..tools.gift_code import clean, code_hash, last_four, pin_hash

#: Where the key of the hashes is kept; ``loyalty_club_gift_key`` in odoo.conf goes before it.
KEY = "loyalty_club.gift_key"
#: Columns of a new card, as PostgreSQL reads them from JSON.
COLUMNS = {
    "code_hash": "text",
    "pin_hash": "text",
    "has_pin": "boolean",
    "last_four": "text",
    "legacy": "boolean",
    "kind": "text",
    "club_id": "int",
    "program_id": "int",
    "batch_id": "int",
    "scope_id": "int",
    "value": "numeric",
    "paid": "numeric",
    "state": "text",
    "valid_from": "date",
    "expires_on": "date",
    "valid_days": "int",
    "valid_months": "int",
    "percent": "numeric",
    "max_amount": "numeric",
    "uses": "int",
    "account_id": "int",
    "partner_id": "int",
    "sold_at": "timestamp",
}
FIRST = {
    "has_pin": False,
    "legacy": False,
    "value": 0,
    "paid": 0,
    "state": "stock",
    "valid_days": 0,
    "valid_months": 0,
    "percent": 0,
    "max_amount": 0,
    "uses": 0,
}
#: What is needed of a card that was found, so that finding none takes as many queries.
READ_WITH_CODE = ("pin_hash", "state", "kind", "club_id", "valid_from", "expires_on", "account_id")
#: Cards inserted by one statement.
PAGE = 20_000


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    @api.model
    def _club_make_key(self):
        """Draw the key of the hashes, once per database."""
        parameters = self.env["ir.config_parameter"].sudo()  # nobody but the system reads or writes it
        if not parameters.get_param(KEY):
            parameters.set_param(KEY, secrets.token_hex(32))

    @api.model
    def _club_key(self):
        key = config.get("loyalty_club_gift_key")
        if key:
            return key
        parameters = self.env["ir.config_parameter"].sudo()  # the system's secret; it leaves this file in hashes only
        if not parameters.get_param(KEY):
            self._club_make_key()
        return parameters.get_param(KEY)

    @api.model
    def _club_insert(self, rows):
        """Make cards, set-based.

        :param rows: list of dicts: ``code`` (clear text), ``pin`` (or nothing) and columns of ``COLUMNS``
        :return: {clean code: id}; a code that some card has already makes none
        """
        key = self._club_key()
        self.env.flush_all()
        by_hash, made = {}, {}
        names = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        typed = SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in COLUMNS.items())
        for start in range(0, len(rows), PAGE):
            page = [self._club_row(key, row) for row in rows[start : start + PAGE]]
            by_hash.update((row["code_hash"], row.pop("code")) for row in page)
            self.env.cr.execute(
                SQL(
                    """INSERT INTO loyalty_club_gift (id, serial, state_at, create_date, write_date, create_uid,
                              write_uid, %(names)s)
                       SELECT v.id, 'G' || lpad(v.id::text, GREATEST(8, length(v.id::text)), '0'), %(now)s, %(now)s,
                              %(now)s, %(uid)s, %(uid)s, %(names)s
                         FROM (SELECT nextval('loyalty_club_gift_id_seq') AS id, r.*
                                 FROM json_to_recordset(%(rows)s) r(%(typed)s)) v
                       ON CONFLICT (code_hash) DO NOTHING RETURNING code_hash, id""",
                    names=names,
                    now=fields.Datetime.now(),
                    uid=self.env.uid,
                    typed=typed,
                    rows=json.dumps(page, default=str),
                )
            )
            made.update((by_hash[stored], card_id) for stored, card_id in self.env.cr.fetchall())
        return made

    def _club_row(self, key, row):
        """One card's columns, with the code's hash instead of the code; ``code`` is left for the caller to take."""
        code, pin = row["code"], row.get("pin")
        values = {**FIRST, **{name: row[name] for name in COLUMNS if row.get(name) is not None}}
        return {
            **values,
            "code": clean(code),
            "code_hash": code_hash(key, code),
            "last_four": last_four(code),
            "pin_hash": pin_hash(key, code, pin) if pin else None,
            "has_pin": bool(pin),
        }

    @api.model
    def _club_read(self, club, code, *, pin=None, till=None, address=None, for_sale=False):
        """The card with this code, for a customer who stands there with it.

        :param club: ``loyalty.club``; of several, the card may be any one's and the first counts the tries
        :param code: as typed or scanned
        :param till: anything that names the till; ``address``: the caller's network address (both may be None)
        :param for_sale: look for a card in stock that is to be sold, not for one that is in use
        :return: (card, False), or (empty, message): one same message for every code that is unknown, mistyped,
            disabled, expired, without its PIN, and for too many tries
        """
        club = club.sudo()  # its limits only; who sells need not read them
        message = self._club_wrong_code()
        attempt = self.env["loyalty.club.attempt"].sudo()._club_try(club[:1], till, address)
        if not attempt:
            return self.browse(), message
        # all is looked at whatever is wrong: how long the answer takes says no more than its words
        for one in club:
            one._club_zone()
        gift = self._club_find(club, code)
        matches, stopped = gift._club_pin_matches(code, pin), not gift or gift._club_stopped(for_sale)
        if stopped or not matches:
            return self.browse(), message
        self.env["loyalty.club.attempt"].sudo()._club_was_right(attempt)
        return gift.sudo(False), False

    def _club_wrong_code(self):
        return self.env._(
            "This card cannot be used. Check the code, and the PIN if there is one. "
            "After several tries, wait a quarter of an hour or ask the manager."
        )

    @api.model
    def _club_find(self, club, code):
        """The card of one of ``club`` with this code, once the try is counted; with the rights of the system."""
        return self.sudo().search_fetch(  # whoever has the code has the card
            [("code_hash", "=", code_hash(self._club_key(), code or "")), ("club_id", "in", club.ids)],
            READ_WITH_CODE,
        )

    def _club_pin_matches(self, code, pin):
        """Whether the PIN is right, or none is needed. Costs the same for a card that is not there."""
        given = pin_hash(self._club_key(), code or "", pin or "")
        return bool(self) and (not self.pin_hash or (bool(pin) and hmac.compare_digest(self.pin_hash, given)))
