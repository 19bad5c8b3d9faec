"""Barred addresses: what gateways answered about people who blocked advertising; it is not tried again there."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: The reason in a gateway's answer that says so.
BLACKLIST = "blacklist"


class LoyaltyClubBarred(models.Model):
    _name = "loyalty.club.barred"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Barred Address"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "address"

    line_id = fields.Many2one(
        comodel_name="loyalty.club.gateway.line", required=True, readonly=True, ondelete="cascade"
    )
    gateway_id = fields.Many2one(related="line_id.gateway_id", string="Gateway")
    address = fields.Char(string="Number", required=True, readonly=True)
    at = fields.Datetime(string="Answered on", required=True, readonly=True)
    detail = fields.Char(string="What the gateway said", readonly=True)
    lifted_at = fields.Datetime(string="Lifted on", readonly=True)
    lifted_by_id = fields.Many2one(comodel_name="res.users", string="Lifted by", readonly=True, ondelete="set null")

    _barred = models.UniqueIndex("(line_id, address)", "This number is barred on the line already.")

    @api.model
    def _club_note(self, rows):
        """Keep that these addresses were refused because their owners blocked advertising; set-based.

        Only what an advertising line came across counts: a service line that refuses a number says nothing about it.
        A messenger that refuses a chat was stopped by its owner, so the connection ends.

        :param rows: list of (channel, id of the line or False, address, what the gateway said)
        """
        self.env["loyalty.club.bot.link"]._club_blocked_addresses(
            [address for channel, _line_id, address, _detail in rows if channel != "sms"]
        )
        by_sms = {(line_id, address): detail for channel, line_id, address, detail in rows if channel == "sms"}
        lines = (
            self.env["loyalty.club.gateway.line"].sudo().browse({line_id for line_id, _address in by_sms if line_id})
        )
        ours = set(
            lines.filtered(lambda line: line.purpose == "advertising").ids
        )  # the dispatcher writes what it heard
        values = [
            SQL("(%s, %s, %s, %s)", line_id, address, fields.Datetime.now(), detail or None)
            for (line_id, address), detail in sorted(by_sms.items(), key=str)
            if line_id in ours
        ]
        if values:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO loyalty_club_barred (line_id, address, at, detail) VALUES %s
                       ON CONFLICT (line_id, address) DO UPDATE
                          SET at = EXCLUDED.at, detail = EXCLUDED.detail, lifted_at = NULL, lifted_by_id = NULL""",
                    SQL(", ").join(values),
                )
            )
            self.invalidate_model(flush=False)

    def action_lift(self):
        """The customer opened his number for advertising again; the next campaign tries it."""
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers lift what a gateway answered."))
        self.check_access("read")
        # officers lift, and write nothing else
        self.sudo().write({"lifted_at": fields.Datetime.now(), "lifted_by_id": self.env.uid})
