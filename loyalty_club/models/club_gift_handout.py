"""Handing codes out: once, in the answer that makes them.

Codes are never stored, so a file of codes can't be made a second time. What can be made are *new* codes for cards
that nobody has used: the old ones die. A button gives a link that works once, for its user, for a few minutes; the
request behind the link draws the codes, stores their hashes, and is the only place where they are ever seen.
"""

import hashlib
import hmac
import json
import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..tools.gift_code import code_hash, last_four, new_code, new_pin, pin_hash, pretty

LINK_MINUTES = 5
#: A PDF is for a shop's own printer; a print shop takes the file.
LARGEST_PDF = 500
HEADER = ("serial", "code", "barcode", "pin", "value", "valid_until")


class LoyaltyClubHandout(models.AbstractModel):
    _name = "loyalty.club.handout"
    _description = "Codes that are handed out once"

    handout_hash = fields.Char(readonly=True, groups=NO_ACCESS, copy=False)
    handout_until = fields.Datetime(readonly=True, groups=NO_ACCESS, copy=False)
    handout_user_id = fields.Many2one(comodel_name="res.users", readonly=True, groups=NO_ACCESS, copy=False)

    def _club_handout_link(self, form):
        """The action that downloads the codes as ``csv``, ``xlsx`` or ``pdf``, once."""
        self.ensure_one()
        token = secrets.token_urlsafe(24)
        self.sudo().write(  # the link belongs to who pressed the button, who was checked there
            {
                "handout_hash": hashlib.sha256(token.encode()).hexdigest(),
                "handout_until": fields.Datetime.now() + timedelta(minutes=LINK_MINUTES),
                "handout_user_id": self.env.uid,
            }
        )
        model = self._name.replace("loyalty.club.", "").replace(".", "-")
        url = f"/loyalty_club/codes/{model}/{self.id}/{token}.{form}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _club_handout_take(self, token):
        """Use the link up.

        :return: whether it was this user's, in time, and not used before
        """
        self.ensure_one()
        self.env.flush_all()
        table = SQL.identifier(self._table)
        rows = self.env.execute_query(
            SQL("SELECT handout_hash, handout_until, handout_user_id FROM %s WHERE id = %s FOR UPDATE", table, self.id)
        )
        stored, until, user_id = rows[0]
        given = hashlib.sha256(token.encode()).hexdigest()
        if not stored or not hmac.compare_digest(stored, given):
            return False
        if user_id != self.env.uid or until < fields.Datetime.now():
            return False
        self.sudo().write({"handout_hash": False, "handout_until": False, "handout_user_id": False})
        return True


class LoyaltyClubGift(models.Model):
    _name = "loyalty.club.gift"
    _inherit = ["loyalty.club.gift", "loyalty.club.handout"]

    def _club_unused(self):
        """Those of these cards that may get a new code: in stock, or active and never used."""
        accounts = self.account_id.sudo()  # whether something happened, no figures
        moved = set(accounts.filtered("held").ids)
        moved |= set(accounts.posting_ids.from_account_id.ids) & set(accounts.ids)
        used = self._club_used_ids()
        return self.filtered(
            lambda gift: gift.state in ("stock", "active") and gift.account_id.id not in moved and gift.id not in used
        )

    def _club_new_codes(self):
        """New codes for these cards; the old ones are dead from now on.

        :return: [(card, clear code, clear PIN or "")]: the caller hands them out and forgets them
        """
        self._club_lock()
        key = self._club_key()
        drawn = [(gift, new_code(), new_pin() if gift.has_pin else "") for gift in self]
        rows = [
            {
                "id": gift.id,
                "code_hash": code_hash(key, code),
                "last_four": last_four(code),
                "pin_hash": pin_hash(key, code, pin) if pin else None,
            }
            for gift, code, pin in drawn
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE loyalty_club_gift g SET code_hash = v.code_hash, last_four = v.last_four,
                          pin_hash = v.pin_hash, legacy = FALSE
                     FROM json_to_recordset(%s) v(id int, code_hash text, last_four text, pin_hash text)
                    WHERE g.id = v.id""",
                json.dumps(rows),
            )
        )
        self.invalidate_recordset(["code_hash", "last_four", "pin_hash", "legacy"])
        return drawn

    def action_new_code(self):
        """A new code for a card that was never used, as a PDF; the old code is dead."""
        self.ensure_one()
        self._club_office_only()
        self._club_ensure_unused()
        return self._club_handout_link("pdf")

    def _club_ensure_unused(self):
        """
        :raises UserError: it was used or stopped
        """
        if not self._club_unused():
            raise UserError(
                self.env._("The card %s was used or stopped. Only unused cards get a new code.", self.serial)
            )

    def _club_office_only(self, group="loyalty_club.group_club_manager"):
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._("Only a club manager may do this."))
        self.check_access("write")

    def _club_hand_out(self):
        """New codes of this one card for the answer that carries them."""
        self._club_ensure_unused()
        return self._club_new_codes()

    def _club_sheet_rows(self, drawn):
        """What a printer needs, header first."""
        yield HEADER
        for gift, code, pin in drawn:
            what = (
                f"{gift.percent:g} %"
                if gift.kind == "discount"
                else f"{gift.value:.{gift.currency_id.decimal_places}f}"
            )
            yield (
                gift.serial,
                pretty(code),
                code,
                pin,
                what,
                gift.expires_on.isoformat() if gift.expires_on else "",
            )
