"""Selling cards and taking them back. A card's account begins with its first load; stock has none."""

import json
from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules.lives import local_day
from ..rules.movement import Movement, NewLot
from ..tools.amount import floor_amount, to_amount
from ..tools.gift_code import clean, is_code, new_code

#: Cards loaded by one call of the door.
PAGE = 10_000


class LoyaltyClubGift(models.Model):
    _inherit = "loyalty.club.gift"

    @api.model
    def _club_sell(self, program, paid, *, key, branch=None, origin=None, code=None, occurred_at=None, partner=None):
        """A card for what was paid: load it and put it into use.

        :param program: the club's gift or prepaid program; prepaid carries the club's multiple of the price
        :param paid: Decimal, what was paid for this one card including everything
        :param key: names the sale of this one card; the same key again gives the same card
        :param code: of a card in stock, which is put into use; or a new code that the till has made; None: we make one
        :param origin: (model, id) of the document; it writes the paid part into the accounts
        :return: (card, its code in clear if we made it, else None)
        :raises UserError: not a club's program; the code is malformed, in use, or on a card of another value
        """
        program = program.sudo()  # its kind and club; who sells need not open it
        if program.club_kind not in ("gift", "prepaid") or not program.club_id:
            raise UserError(self.env._("The program %s does not sell cards of a club.", program.name))
        known = self._club_sold(key)
        if known:
            return known, None
        face = self._club_face_value(program, paid)
        fresh = None
        if code is None:
            code = fresh = new_code()
        gift = self._club_take_card(program, code, face)
        at = occurred_at or fields.Datetime.now()
        gift._club_start(at, branch, paid=paid, value=face, key=key, origin=origin, partner=partner)
        parts = [(f"{key}:load", "load", paid, True), (f"{key}:bonus", "earn", face - paid, False)]
        gift._club_load(
            {gift.id: [part for part in parts if part[2] > 0]}, branch=branch, origin=origin, occurred_at=at
        )
        return gift.sudo(False), fresh

    @api.model
    def _club_sold(self, key):
        """The card that was sold under this key; empty when none was."""
        return (
            self.sudo().search([("sold_key", "=", key)]).sudo(False)
        )  # by its unique key, for the channel that sold it

    def _club_face_value(self, program, paid):
        """What a card carries that was paid with ``paid``.

        :raises UserError: nothing was paid
        """
        digits = program._club_decimals()
        if paid <= 0 or paid != to_amount(paid, digits):
            raise UserError(self.env._("A card is sold for an amount above zero, in whole units of the currency."))
        if program.club_kind == "gift":
            return paid
        return floor_amount(paid * to_amount(program.club_id.prepaid_factor, 3), digits)

    def _club_take_card(self, program, code, face):
        """The card in stock with this code, or a new one with it; locked."""
        if not is_code(code):
            raise UserError(self._club_wrong_code())
        gift = self._club_find(program.club_id, code)
        if not gift:
            club = program.club_id
            row = {
                "code": code,
                "kind": program.club_kind,
                "club_id": club.id,
                "program_id": program.id,
                "scope_id": club[f"{program.club_kind}_scope_id"].id or None,
                "valid_months": club[f"{program.club_kind}_valid_months"],
            }
            made = self._club_insert([row])
            if not made:
                raise UserError(self._club_wrong_code())
            gift = self.sudo().browse(made[clean(code)])  # made just now, for the channel that sells it
        gift._club_lock()
        stopped = gift._club_stopped(for_sale=True)
        if stopped:
            raise UserError(gift._club_stopped_message(stopped))
        if gift.program_id != program:
            raise UserError(self.env._("The card %s is of another kind. Take one of the right pile.", gift.serial))
        if gift.value and to_amount(gift.value, 3) != face:
            raise UserError(
                self.env._(
                    "The card %(card)s is worth %(value)s. Sell it at its own price.",
                    card=gift.serial,
                    value=program.currency_id.format(gift.value),
                )
            )
        return gift

    def _club_start(self, at, branch, *, paid, value, key, origin=None, partner=None):
        """Put cards in stock into use: who, when, where, and until when they are valid."""
        for gift in self:
            gift.sudo().write(  # the door for channels; states change by actions only
                {
                    "state": "active",
                    "state_at": at,
                    "sold_key": key,
                    "sold_at": at,
                    "sold_by_id": self.env.uid,
                    "branch_id": branch.id if branch else False,
                    "paid": float(paid),
                    "value": float(value),
                    "origin_model": origin[0] if origin else False,
                    "origin_id": origin[1] if origin else False,
                    "partner_id": partner.id if partner else gift.partner_id.id,
                    "expires_on": gift._club_last_day(at, branch.company_id if branch else gift.club_id.company_id),
                }
            )

    def _club_last_day(self, at, company):
        """The last day of a card that is sold at ``at``: as promised, and not sooner than the company must allow."""
        club = self.club_id.sudo()  # its days only
        sold_on = local_day(at, club._club_zone())
        start = max(sold_on, self.valid_from or sold_on)
        if self.expires_on:
            end = self.expires_on
        elif self.valid_days or self.valid_months:
            end = start + relativedelta(months=self.valid_months, days=self.valid_days - 1)
        else:
            return False
        least = company.sudo().club_gift_min_days if self.kind != "discount" else 0
        return max(end, start + timedelta(days=least - 1)) if least else end

    def _club_load(self, loads, *, branch=None, origin=None, occurred_at=None, reason=""):
        """Load cards through the door; the first time they get their account.

        :param loads: {card id: [(key, kind, Decimal, documented)]}
        :return: the entries
        """
        self.flush_recordset()
        entries = self.env["loyalty.club.entry"]
        instants = {}
        ids = list(loads)
        for start in range(0, len(ids), PAGE):
            gifts = self.sudo().browse(ids[start : start + PAGE])
            gifts._club_open_accounts()
            movements = []
            for gift in gifts:
                dates = (gift.club_id, gift.valid_from, gift.expires_on)
                if dates not in instants:
                    instants[dates] = gift._club_instants()
                first, end = instants[dates]
                branch_id = branch.id if branch else None
                for key, kind, amount, documented in loads[gift.id]:
                    movements.append(
                        Movement(
                            key=key,
                            kind=kind,
                            account_id=gift.account_id.id,
                            amount=amount,
                            incoming=True,
                            counter="issue",
                            branch_id=branch_id,
                            occurred_at=occurred_at,
                            new_lots=(NewLot(amount, branch_id, first, end),),
                            origin=origin,
                            reason=reason,
                            documented=documented,
                        )
                    )
            entries += entries._club_post(movements)
        return entries

    def _club_open_accounts(self):
        """Accounts, and core cards behind them, for those that have none; the core card's code is the serial."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_card (program_id, company_id, partner_id, points, code, expiration_date, active,
                          create_uid, write_uid, create_date, write_date)
                   SELECT g.program_id, p.company_id, NULL, 0, g.serial, g.expires_on, TRUE, %(uid)s, %(uid)s, %(now)s,
                          %(now)s
                     FROM loyalty_club_gift g JOIN loyalty_program p ON p.id = g.program_id
                    WHERE g.id = ANY(%(ids)s) AND g.account_id IS NULL ORDER BY g.id
                   RETURNING id, code""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=self.ids,
            )
        )
        if not rows:
            return
        cards = self.env["loyalty.card"].sudo().browse([row[0] for row in rows])  # made just now
        accounts = self.env["loyalty.club.account"].sudo()._club_for_cards(cards)
        by_serial = {serial: accounts[card_id] for card_id, serial in rows}
        opened = [{"gift": g.id, "account": by_serial[g.serial]} for g in self if g.serial in by_serial]
        self.env.cr.execute(
            SQL(
                """WITH opened AS (
                       UPDATE loyalty_club_gift g SET account_id = v.account
                         FROM json_to_recordset(%s) v(gift int, account int) WHERE g.id = v.gift
                    RETURNING g.account_id, g.scope_id)
                   UPDATE loyalty_club_account a SET scope_id = opened.scope_id
                     FROM opened WHERE a.id = opened.account_id AND opened.scope_id IS NOT NULL""",
                json.dumps(opened),
            )
        )
        self.invalidate_recordset(["account_id"], flush=False)
        self.env["loyalty.club.account"].invalidate_model(["scope_id", "gift_ids"], flush=False)

    def _club_unsell(self, key, *, branch=None, origin=None, occurred_at=None, reason=""):
        """Take a sold card back: what is on it goes, the card is void for ever, and the code is dead.

        :param key: names the refund; the same key again changes nothing
        :return: the reversing entries
        :raises UserError: a part was spent or is set aside at this moment; says how much
        """
        self.ensure_one()
        gift = self.sudo()  # the channel that refunds the sale; its rights on the sale were checked there
        Entry = self.env["loyalty.club.entry"].sudo()
        loads = Entry.search([("key", "in", [f"{gift.sold_key}:load", f"{gift.sold_key}:bonus"])], order="id")
        keys = {entry: f"{key}:{entry.id}" for entry in loads}
        gift._club_lock()
        if gift.state == "void":
            done = Entry.search([("key", "in", list(keys.values()))], order="id")
            if done:
                return done
            raise UserError(gift._club_stopped_message("void"))
        gift._club_refuse_spent(loads)
        entries = Entry
        for entry in loads:
            values = {"branch_id": branch.id} if branch else {}
            entries += entry._club_reverse(
                keys[entry],
                reason=reason,
                origin=origin,
                occurred_at=occurred_at,
                documented=entry.documented,
                **values,
            )
        gift._club_change("void", reason or self.env._("The card was refunded."))
        return entries

    def _club_refuse_spent(self, loads):
        """Refuse to take a card back of which something is spent or set aside; locks its account."""
        account = self.account_id
        row = loads._club_lock([account.id])[account.id] if account else {"balance": Decimal(0), "held": Decimal(0)}
        loaded = sum(loads._club_signed_amounts().values(), Decimal(0))
        if loads and row["balance"] == loaded and not row["held"]:
            return
        money = self.currency_id.format
        raise UserError(
            self.env._(
                "The card %(card)s cannot be taken back: of %(value)s only %(left)s are left. "
                "Refund the goods it was spent on first, or leave the card with the customer.",
                card=self.serial,
                value=money(float(loaded)),
                left=money(float(row["balance"] - row["held"])),
            )
        )
