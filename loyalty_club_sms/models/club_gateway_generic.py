"""Another gateway: how to ask it and where its answers are, all typed by the administrator and nothing evaluated."""

from odoo import fields, models

from ..gateways.options import parse_pairs

PLACES = "{key} {username} {password} {sender} {number} {text} {uuid}"


class LoyaltyClubGateway(models.Model):
    _inherit = "loyalty.club.gateway"

    send_method = fields.Selection(selection=[("POST", "POST"), ("GET", "GET")], default="POST")
    send_url = fields.Char(
        string="Path to send",
        groups="base.group_system",
        help=f"Below the address, or a whole address. What is filled in: {PLACES}",
    )
    headers = fields.Text(groups="base.group_system", help="One a line: Name: value. For example X-Api-Key: {key}")
    body_template = fields.Text(
        string="Body",
        groups="base.group_system",
        help=f"JSON whose texts are filled in: {PLACES}. Forms and queries take its names and values.",
    )
    body_kind = fields.Selection(
        selection=[("json", "JSON"), ("form", "Form"), ("query", "In the address")], default="json", string="Sent as"
    )
    recipient_join = fields.Selection(
        selection=[("one", "One receiver per call"), ("comma", "With commas between"), ("list", "A JSON list")],
        default="one",
        string="Receivers",
    )
    number_form = fields.Selection(
        selection=[
            ("e164", "+989123456789"),
            ("00", "00989123456789"),
            ("0", "09123456789"),
            ("bare", "989123456789"),
            ("short", "9123456789"),
        ],
        default="e164",
        string="Numbers as",
    )
    country_code = fields.Char(default="98", help="Country code that national numbers leave out.")
    success_path = fields.Char(
        help="Where the answer says that it went, for example result.ok or messages.0.status. Empty: HTTP 2xx."
    )
    success_value = fields.Char(
        string="Means success", help="Words with commas between them. Empty: anything but nothing, 0 or false."
    )
    id_path = fields.Char(
        string="Message's number", help="For example data.id, or messages.*.id where there are several."
    )
    error_path = fields.Char(string="Error's code", help="Its meanings are typed under More codes.")
    status_url = fields.Char(
        string="Path for reports",
        groups="base.group_system",
        help="With {ref}, the message's number. Empty: no reports.",
    )
    status_path = fields.Char(string="State of the message")
    status_map = fields.Text(
        string="States", help="One a line: word = state. States: queued, sent, delivered, failed, blocked, unknown."
    )
    balance_url = fields.Char(string="Path for the balance", groups="base.group_system")
    balance_path = fields.Char(string="The balance")

    def _club_options(self):
        if self.type != "generic":
            return super()._club_options()
        return {
            **super()._club_options(),
            "method": self.send_method,
            "send_url": self.send_url or "",
            "headers": parse_pairs(self.headers, ":"),
            "body": self.body_template or "",
            "body_kind": self.body_kind,
            "join": self.recipient_join,
            "number_form": self.number_form,
            "country": self.country_code,
            "success_path": self.success_path or "",
            "success_value": self.success_value or "",
            "id_path": self.id_path or "",
            "error_path": self.error_path or "",
            "status_url": self.status_url or "",
            "status_path": self.status_path or "",
            "status_map": parse_pairs(self.status_map),
            "balance_url": self.balance_url or "",
            "balance_path": self.balance_path or "",
        }
