"""Lines: the numbers from which a gateway sends, by what they may be used for and by branch."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..gateways import DRIVERS

PURPOSES = [("code", "One-time codes"), ("service", "Service"), ("advertising", "Advertising")]
#: Purposes of lines by those of messages.
LINE_PURPOSE = {"code": "code", "service": "service", "news": "advertising", "offers": "advertising"}


class LoyaltyClubGatewayLine(models.Model):
    _name = "loyalty.club.gateway.line"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Line of an SMS Gateway"
    _order = "gateway_id, purpose, sequence, id"
    _rec_name = "number"

    gateway_id = fields.Many2one(comodel_name="loyalty.club.gateway", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="gateway_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    number = fields.Char(
        required=True, help="As the vendor writes it. For Ghasedak also fastest, cheapest or priority."
    )
    purpose = fields.Selection(
        selection=PURPOSES,
        required=True,
        default="service",
        help="Service lines reach people who blocked advertising at their operator, and may carry nothing but news "
        "about their own purchases and value. Advertising never goes by them. Codes go by the service line if "
        "they have no line of their own.",
    )
    branch_ids = fields.Many2many(
        comodel_name="loyalty.club.branch",
        string="Branches",
        help="Only messages of these branches. Empty: of all that have no line of their own.",
    )
    per_minute = fields.Integer(string="Per minute", help="At most so many messages in a minute. 0: no limit.")
    opt_out_text = fields.Char(
        string="Opt-out text",
        help="Written under each message, for example لغو11: operators and some gateways want it in advertising.",
    )
    opt_out_suffix = fields.Char(compute="_compute_opt_out_suffix")
    chars_66 = fields.Boolean(string="66-sign parts", help="The vendor counts Persian parts of 66 signs on this line.")
    part_cost = fields.Float(
        string="Price of a part",
        digits=(16, 3),
        help="In the gateway's currency; used where its answers name no price.",
    )
    template = fields.Char(
        help="Of the vendor, for codes: it reaches people who blocked advertising. A text with a single code in it is "
        "sent as this template instead; only the code is filled in.",
    )
    template_value = fields.Char(
        string="Code goes in as", help="Name of the template's value, for example token (Kavenegar) or Code (SMS.ir)."
    )
    rest_until = fields.Datetime(
        readonly=True, copy=False, help="The gateway was asked too often and wants to be left alone until then."
    )
    receives = fields.Boolean(
        help="Messages that people send to this number are read, so that opt-out words count.", default=True
    )

    _not_negative = models.Constraint(
        "CHECK (per_minute >= 0 AND part_cost >= 0)", "Rates and prices can't be negative."
    )

    @api.depends("opt_out_text")
    def _compute_opt_out_suffix(self):
        for line in self:
            line.opt_out_suffix = f"\n{line.opt_out_text}" if line.opt_out_text else False

    @api.depends("number", "purpose", "gateway_id.name")
    def _compute_display_name(self):
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        for line in self:
            line.display_name = f"{line.number} ({purposes.get(line.purpose, '')}, {line.gateway_id.name or ''})"

    def _club_is_idempotent(self):
        """Whether a second copy of a message of this line is dropped by the gateway."""
        driver = DRIVERS[self.sudo().gateway_id.type]  # whoever sends need not see gateways
        by_template = self.purpose == "code" and self.template and driver.can_template
        return driver.idempotent_template if by_template else driver.idempotent

    def _club_rest(self, seconds):
        """Leave the line alone for so many seconds, as its gateway wants; committed."""
        if not self or not seconds:
            return
        until = fields.Datetime.now() + timedelta(seconds=seconds)

        def write():
            self.env.cr.execute(
                SQL(
                    """UPDATE loyalty_club_gateway_line SET rest_until = %(until)s
                        WHERE id = %(id)s AND (rest_until IS NULL OR rest_until < %(until)s)""",
                    until=until,
                    id=self.id,
                )
            )

        self.env["loyalty.club.message"]._club_try(write)
        self.invalidate_recordset(["rest_until"], flush=False)

    @api.constrains("branch_ids", "gateway_id")
    def _check_branches(self):
        for line in self:
            foreign = line.sudo().branch_ids.filtered(lambda branch, line=line: branch.company_id != line.company_id)
            if foreign:
                raise ValidationError(
                    self.env._("%s belongs to another company than the gateway.", foreign[0].display_name)
                )
