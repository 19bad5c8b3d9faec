"""Send one real text through one line, and show what the gateway said."""

from uuid import uuid4

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.phone import is_mobile
from odoo.exceptions import UserError

from ..gateways import Text
from ..rules.parts import count_parts, sizes_of


class LoyaltyClubGatewayTest(models.TransientModel):
    _name = "loyalty.club.gateway.test"
    _description = "Test of an SMS Gateway"

    gateway_id = fields.Many2one(comodel_name="loyalty.club.gateway", required=True, readonly=True)
    line_id = fields.Many2one(
        comodel_name="loyalty.club.gateway.line", required=True, domain="[('gateway_id', '=', gateway_id)]"
    )
    number = fields.Char(string="Mobile", help="A real message is sent to it, and costs what a message costs.")
    body = fields.Text(string="Text", required=True, default=lambda self: self.env._("This is a test of our gateway."))
    parts = fields.Integer(compute="_compute_parts")
    state = fields.Selection(
        selection=[
            ("accepted", "The gateway took it."),
            ("refused", "The gateway refused it."),
            ("later", "It was not sent."),
            ("unsure", "It may have gone, or not."),
        ],
        readonly=True,
    )
    answer = fields.Text(readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        gateway = self.env["loyalty.club.gateway"].browse(values.get("gateway_id"))
        if "line_id" in fields_list and gateway:
            values["line_id"] = gateway.line_ids[:1].id
        return values

    @api.depends("body", "line_id")
    def _compute_parts(self):
        for test in self:
            line = test.line_id
            text = (test.body or "") + (line.opt_out_suffix or "")
            test.parts = count_parts(text, sizes_of(line.chars_66)).count

    def action_send(self):
        """Send the text now; the answer is shown in the same window."""
        self.ensure_one()
        self.gateway_id._club_check_manager()
        if self.line_id.gateway_id != self.gateway_id:
            raise UserError(self.env._("Choose a line of this gateway."))
        number = self.gateway_id.company_id._club_sms_number(self.number)
        if not number or not is_mobile(number):
            raise UserError(self.env._("Type a mobile number, for example 0912 345 6789."))
        [outcome] = self.gateway_id._club_deliver(self.line_id, [Text(uuid4().hex, number, self.body)])
        lines = [self.gateway_id._club_says(outcome.reason, outcome.detail)] if outcome.reason else []
        if outcome.ref:
            lines.append(self.env._("Its number there: %s", outcome.ref))
        if outcome.cost is not None:
            lines.append(self.env._("Price: %s", outcome.cost))
        self.write({"state": outcome.state, "answer": "\n".join(lines)})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Test"),
        }
