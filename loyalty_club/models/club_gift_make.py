"""Making the cards of a batch: all rows and codes in one answer, set-based; what costs time, loading cards that are
active at once, goes on in the background and needs no codes."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.amount import to_amount
from ..tools.gift_code import new_code, new_pin
from .club_gift_handout import LARGEST_PDF

#: Up to this many cards are activated while the user waits.
DIRECT = 2_000
#: Cards activated between two commits in the background.
STEP = 10_000


class LoyaltyClubGiftBatch(models.Model):
    _name = "loyalty.club.gift.batch"
    _inherit = ["loyalty.club.gift.batch", "loyalty.club.handout"]

    def action_make_csv(self):
        return self._club_make_link("csv")

    def action_make_xlsx(self):
        return self._club_make_link("xlsx")

    def action_make_pdf(self):
        return self._club_make_link("pdf")

    def _club_make_link(self, form):
        """Check everything, and give the link whose answer makes the cards or new codes for the unused ones."""
        self.ensure_one()
        self.check_access("write")
        manager = self.env.user.has_group("loyalty_club.group_club_manager")
        if not manager and (self.state != "draft" or (self.activation == "now" and self.kind != "discount")):
            raise UserError(
                self.env._("Only a club manager makes cards that are money at once, or new codes for cards that exist.")
            )
        if self.state == "draft":
            self._club_check_batch()
        count = self.quantity if self.state == "draft" else len(self._club_unused_ids())
        if not count:
            raise UserError(self.env._("No card of this batch is unused, so none can get a new code."))
        if form == "pdf" and count > LARGEST_PDF:
            raise UserError(
                self.env._("A PDF has at most %s cards. Take the file, and give it to a print shop.", LARGEST_PDF)
            )
        return self._club_handout_link(form)

    def _club_hand_out(self):
        """Make the cards, or new codes for the unused ones.

        :return: [(card, clear code, clear PIN or "")], for the one answer that carries them
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT FROM loyalty_club_gift_batch WHERE id = %s FOR NO KEY UPDATE", self.id))
        self.invalidate_recordset()
        if self.state != "draft":
            drawn = self.env["loyalty.club.gift"].sudo().browse(self._club_unused_ids())._club_new_codes()
            self._club_note(self.env._("New codes for %s unused cards; their old codes are dead.", len(drawn)))
            return drawn
        self._club_check_batch()
        drawn = self._club_make_cards()
        self._club_note(self.env._("%s cards made, and their codes handed out.", len(drawn)))
        return drawn

    def _club_note(self, text):
        self.sudo().message_post(body=text)  # who reads the batch sees who took the codes

    def _club_make_cards(self):
        """Insert the cards; activate few at once, leave many to the job."""
        batch = self.sudo()  # nobody has the right to write cards; who may make a batch was checked
        row = batch._club_card_values()
        secrets = {new_code(): new_pin() if batch.with_pin else "" for _card in range(batch.quantity)}
        made = batch.env["loyalty.club.gift"]._club_insert([{**row, "code": c, "pin": p} for c, p in secrets.items()])
        batch.write(
            {
                "state": "running" if batch.activation == "now" else "done",
                "made_at": fields.Datetime.now(),
                "made_by_id": self.env.uid,
            }
        )
        if batch.activation == "now" and batch.quantity <= DIRECT:
            batch._club_activate(batch.quantity)
        elif batch.activation == "now":
            batch.env.ref("loyalty_club.ir_cron_gift_batch")._trigger()
        batch.invalidate_recordset()
        gifts = batch.env["loyalty.club.gift"].browse(sorted(made.values()))
        by_id = {card_id: code for code, card_id in made.items()}
        return [(gift, by_id[gift.id], secrets[by_id[gift.id]]) for gift in gifts]

    def _club_card_values(self):
        """The columns that all cards of this batch share."""
        start = self.club_id._club_today()
        fixed = self.valid_until if self.validity == "date" else None
        if self.validity == "period" and self.activation == "now":
            fixed = (
                max(start, self.valid_from or start) + relativedelta(**{self.valid_unit: self.valid_number}, days=-1)
                if self.valid_unit == "months"
                else fields.Date.add(max(start, self.valid_from or start), days=self.valid_number - 1)
            )
        later = self.validity == "period" and self.activation == "sale"
        discount = self.kind == "discount"
        if discount:
            self.club_id._club_ensure_discount_product()
        program = self.club_id._club_ensure_program(self.kind) if not discount else None
        return {
            "kind": self.kind,
            "club_id": self.club_id.id,
            "program_id": program.id if program else None,
            "batch_id": self.id,
            "scope_id": self.scope_id.id or None,
            "value": 0 if discount else self.value,
            "valid_from": self.valid_from or None,
            "expires_on": fixed,
            "valid_days": self.valid_number if later and self.valid_unit == "days" else 0,
            "valid_months": self.valid_number if later and self.valid_unit == "months" else 0,
            "percent": self.percent if discount else 0,
            "max_amount": self.max_amount if discount else 0,
            "uses": self.uses if discount else 0,
        }

    def _club_unused_ids(self):
        """Cards that may get a new code: in stock, or active and never used."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT g.id FROM loyalty_club_gift g LEFT JOIN loyalty_club_account a ON a.id = g.account_id
                    WHERE g.batch_id = %s AND g.state IN ('stock', 'active') AND COALESCE(a.held, 0) = 0
                      AND NOT EXISTS (SELECT FROM loyalty_club_posting p WHERE p.from_account_id = a.id)
                      AND NOT EXISTS (SELECT FROM loyalty_club_gift_use u WHERE u.gift_id = g.id)
                    ORDER BY g.id""",
                self.id,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _cron_activate(self):
        """Activate what is left of running batches; an interrupted one goes on where it stopped."""
        batches = self.search([("state", "=", "running")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=sum(batch.stock_count for batch in batches))
        for batch in batches:
            while batch.state == "running":
                done = batch._club_activate(STEP)
                if not self.env["ir.cron"]._commit_progress(done):
                    return

    def _club_activate(self, limit):
        """Load up to ``limit`` cards that wait, and close the batch when none is left; returns how many were loaded."""
        self.ensure_one()
        self.env.flush_all()
        # two jobs must not load the same cards
        self.env.cr.execute(SQL("SELECT FROM loyalty_club_gift_batch WHERE id = %s FOR NO KEY UPDATE", self.id))
        rows = self.env.execute_query(
            SQL(
                """UPDATE loyalty_club_gift SET state = 'active', state_at = %(now)s, sold_at = %(now)s,
                          sold_by_id = %(who)s, branch_id = %(branch)s
                    WHERE id IN (SELECT id FROM loyalty_club_gift WHERE batch_id = %(batch)s AND state = 'stock'
                                  ORDER BY id LIMIT %(limit)s) RETURNING id""",
                now=fields.Datetime.now(),
                who=self.made_by_id.id or self.env.uid,
                branch=self.branch_id.id or None,
                batch=self.id,
                limit=limit,
            )
        )
        gifts = self.env["loyalty.club.gift"].browse(sorted(row[0] for row in rows))
        gifts.invalidate_recordset(flush=False)
        if self.kind != "discount":
            amount = to_amount(self.value, 3)
            loads = {gift_id: [(f"gift:{gift_id}:given", "earn", amount, False)] for gift_id in gifts.ids}
            gifts._club_load(loads, branch=self.branch_id, origin=(self._name, self.id), reason=self.name)
        if len(gifts) < limit or not self.env["loyalty.club.gift"].search_count(
            [("batch_id", "=", self.id), ("state", "=", "stock")], limit=1
        ):
            self.state = "done"
        self.invalidate_recordset(["stock_count", "active_count", "card_count", "progress"])
        return len(gifts)

    def action_open_cards(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.loyalty_club_gift_action")
        action.update(domain=[("batch_id", "=", self.id)], context={"create": False}, display_name=self.name)
        return action
