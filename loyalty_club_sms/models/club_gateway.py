"""SMS gateways of a company: which vendor, with which credentials, which other one when it fails."""

import json
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..gateways import DRIVERS, REASONS, Settings
from ..gateways.generic import STATES
from ..gateways.options import code_in, parse_pairs
from .club_gateway_line import LINE_PURPOSE

#: What a driver needs, as people call it.
CREDENTIALS = ("api_key", "username", "password")


class LoyaltyClubGateway(models.Model):
    _name = "loyalty.club.gateway"
    _description = "SMS Gateway"
    _inherit = ["mail.activity.mixin", "mail.thread", "loyalty.club.guarded.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    type = fields.Selection(
        selection=[(code, driver.label) for code, driver in DRIVERS.items()], required=True, string="Vendor"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    is_default = fields.Boolean(
        string="In use",
        compute="_compute_is_default",
        inverse="_inverse_is_default",
        help="All messages of the company, also those of Odoo itself, go through this gateway.",
    )
    fallback_id = fields.Many2one(
        comodel_name="loyalty.club.gateway",
        string="Fall-back",
        domain="[('company_id', '=', company_id), ('id', '!=', id)]",
        ondelete="set null",
        help="What this gateway certainly did not send (no credit, out of order, a line that is blocked) goes through "
        "this other one. A message that may have gone is never sent again.",
    )
    line_ids = fields.One2many(comodel_name="loyalty.club.gateway.line", inverse_name="gateway_id", copy=True)

    base_url = fields.Char(
        string="Address",
        groups="base.group_system",
        help="Only if the vendor gave you another one than the usual; for another gateway: where its service is.",
    )
    usual_url = fields.Char(compute="_compute_driver_facts")
    api_key = fields.Char(string="API key", groups="base.group_system", copy=False)
    username = fields.Char(string="User", groups="base.group_system", copy=False)
    password = fields.Char(groups="base.group_system", copy=False)
    timeout = fields.Integer(
        string="Time limit",
        default=20,
        help="Seconds. What the gateway does not answer in time may have gone, and is not sent again.",
    )
    max_recipients = fields.Integer(
        string="Receivers per call", help="0: as many as the vendor's document says (see the gateway's page)."
    )
    vendor_recipients = fields.Integer(string="The vendor takes", compute="_compute_driver_facts")
    can_template = fields.Boolean(compute="_compute_driver_facts")
    can_receive = fields.Boolean(compute="_compute_driver_facts")
    missing = fields.Char(compute="_compute_missing", compute_sudo=True)
    codes = fields.Text(
        string="More codes",
        help="Codes of the vendor that the document does not have, one a line: code = reason. Reasons: "
        + ", ".join(REASONS),
    )

    _timeout_positive = models.Constraint("CHECK (timeout > 0)", "The time limit is at least a second.")
    _recipients_positive = models.Constraint("CHECK (max_recipients >= 0)", "Receivers per call can't be negative.")

    @api.depends("company_id.club_gateway_id")
    def _compute_is_default(self):
        for gateway in self:
            gateway.is_default = gateway.company_id.sudo().club_gateway_id == gateway

    def _inverse_is_default(self):
        for gateway in self:
            company = gateway.company_id.sudo()  # who may write gateways may say which one is in use
            if gateway.is_default:
                company.club_gateway_id = gateway
            elif company.club_gateway_id == gateway:
                company.club_gateway_id = False

    @api.depends("type")
    def _compute_driver_facts(self):
        for gateway in self:
            driver = DRIVERS.get(gateway.type)
            gateway.usual_url = driver.base_url if driver else False
            gateway.vendor_recipients = driver.max_recipients if driver else 0
            gateway.can_template = bool(driver and driver.can_template)
            gateway.can_receive = bool(driver and driver.can_receive)

    @api.depends("type", "line_ids.purpose", "base_url", "send_url", *CREDENTIALS)
    def _compute_missing(self):
        """What is still to be typed before anything can be sent."""
        for gateway in self:
            needs = DRIVERS[gateway.type].needs if gateway.type else ()
            if gateway.type == "melipayamak" and gateway.api_key:
                needs = ()
            names = [gateway._fields[name]._description_string(self.env) for name in needs if not gateway[name]]
            if not gateway.line_ids:
                names.append(self.env._("a line"))
            gateway.missing = ", ".join(names)

    @api.constrains("fallback_id", "company_id")
    def _check_fallback(self):
        for gateway in self:
            if gateway._has_cycle("fallback_id"):
                raise ValidationError(self.env._("Gateways can't be each other's fall-back in a circle."))
            if gateway.fallback_id and gateway.fallback_id.company_id != gateway.company_id:
                raise ValidationError(self.env._("The fall-back is a gateway of the same company."))

    @api.constrains("company_id")
    def _check_company_in_use(self):
        companies = self.env["res.company"].sudo().search([("club_gateway_id", "in", self.ids)])
        if any(company.club_gateway_id.company_id != company for company in companies):
            raise ValidationError(self.env._("Another company sends through this gateway."))

    @api.constrains("base_url")
    def _check_base_url(self):
        for gateway in self.sudo():
            if gateway.base_url and not gateway.base_url.startswith(("http://", "https://")):
                raise ValidationError(self.env._("The address starts with https://"))

    @api.constrains("codes", "status_map", "headers", "body_template")
    def _check_tables(self):
        for gateway in self.sudo():
            gateway._club_check_table("codes", REASONS)
            gateway._club_check_table("status_map", STATES)
            gateway._club_check_table("headers", None, ":")
            try:
                json.loads(gateway.body_template or "{}")
            except ValueError:
                raise ValidationError(self.env._("The body is no JSON; put placeholders between quotes."))

    def _club_check_table(self, name, allowed, separator="="):
        label = self._fields[name]._description_string(self.env)
        try:
            pairs = parse_pairs(self[name], separator)
        except ValueError as error:
            # what is typed in a header may be a key
            line = "" if name == "headers" else str(error)
            raise ValidationError(
                self.env._("%(field)s: a line is no pair. %(line)s", field=label, line=line)
            ) from None
        wrong = sorted(set(pairs.values()) - set(allowed)) if allowed else []
        if wrong:
            raise ValidationError(
                self.env._(
                    "%(field)s: %(wrong)s is none of: %(allowed)s",
                    field=label,
                    wrong=", ".join(wrong),
                    allowed=", ".join(allowed),
                )
            )

    # what the queue and core's SMS use

    @api.model
    def _club_line(self, company, purpose, branch=None, gateway=None):
        """The line for a purpose, or an empty one.

        :param purpose: code, service or advertising. A code may go by the service line, advertising by no other.
        :param branch: lines of the branch come first, then those for all branches
        :param gateway: of this gateway instead of the company's
        """
        gateway = (gateway or company._club_gateway()).sudo()  # whoever sends need not see gateways
        lines = gateway.line_ids if gateway.active else gateway.line_ids.browse()
        for wanted in ("code", "service") if purpose == "code" else (purpose,):
            fitting = lines.filtered(lambda line, wanted=wanted: line.purpose == wanted)
            own = fitting.filtered(lambda line: branch and branch in line.branch_ids)
            line = own or fitting.filtered(lambda line: not line.branch_ids)
            if line:
                return line[0]
        return lines.browse()

    @api.model
    def _club_line_problem(self, company, purpose):
        """Why messages of a purpose would wait for a line of the company's gateway, in words; or False."""
        kind = LINE_PURPOSE[purpose]
        if not company._club_gateway() or self._club_line(company, kind):
            return False  # without a gateway Odoo's own service takes them; it has no lines
        if kind == "advertising":
            return self.env._("The SMS gateway has no line for advertising. Ask your administrator to add one.")
        return self.env._("The SMS gateway has no service line. Ask your administrator to add one.")

    def _club_settings(self):
        """The gateway as its driver is told."""
        return Settings(
            base_url=self.base_url or "",
            api_key=self.api_key or "",
            username=self.username or "",
            password=self.password or "",
            timeout=self.timeout,
            max_recipients=self.max_recipients,
            options=self._club_options(),
        )

    def _club_options(self):
        return {"codes": parse_pairs(self.codes)}

    def _club_driver(self):
        """The driver, with the credentials; never to be shown or logged as such."""
        gateway = self.sudo()  # whoever sends need not see credentials
        gateway.ensure_one()
        return DRIVERS[gateway.type](gateway._club_settings())

    def _club_deliver(self, line, texts):
        """Hand texts to the gateway; writes nothing.

        :param line: one of its lines
        :param texts: list of ``Text``
        :return: an ``Outcome`` for each, in their order; nothing that the gateway does raises
        """
        return self._club_caller(line)(texts)

    def _club_caller(self, line):
        """``_club_deliver`` in two steps: what is read is read now, and the function that is given back takes the
        texts. It is good for one call, in whatever thread."""
        self.ensure_one()
        line = line.sudo()  # whoever sends need not see lines
        line_id, driver, number, suffix = line.id, self._club_driver(), line.number or "", line.opt_out_suffix or ""
        template = line.purpose == "code" and line.template
        value = line.template_value or "code"

        def call(texts):
            if suffix:
                texts = [replace(text, body=text.body + suffix) for text in texts]
            if template:
                texts = [_as_template(text, template, value) for text in texts]
            return [replace(outcome, line_id=line_id) for outcome in driver.send(texts, number)]

        return call

    @api.model
    def _club_idempotent(self):
        """Gateways that drop a second copy of any message."""
        codes = [code for code, driver in DRIVERS.items() if driver.idempotent]
        gateways = self.with_context(active_test=False).sudo().search(Domain("type", "in", codes))
        return gateways.filtered(lambda gateway: all(line._club_is_idempotent() for line in gateway.line_ids))

    @api.model_create_multi
    def create(self, vals_list):
        gateways = super().create(vals_list)
        for gateway, vals in zip(gateways, vals_list, strict=True):
            company = gateway.company_id.sudo()  # the first gateway of a company is the one it uses
            if not company.club_gateway_id and "is_default" not in vals and gateway.active:
                company.club_gateway_id = gateway
        return gateways


def _as_template(text, template, value):
    """A text with a code as the vendor's template, if it is clear which the code is."""
    code = code_in(text.body)
    return text if not code or text.template else replace(text, template=template, values={value: code})
