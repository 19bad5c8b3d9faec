"""Automations: what a club writes by itself, when, to whom and with which text. Each has a switch."""

from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

#: Fields of which sales know in memory; what the job notes down is not among them.
REMEMBERED = {
    "active", "channels", "club_id", "delay", "domain", "name", "occasion_id", "own_name", "template_id", "trigger_id",
    "valid_hours",
}  # fmt: skip


class LoyaltyClubAutomation(models.Model):
    _name = "loyalty.club.automation"
    _inherit = ["loyalty.club.named", "loyalty.club.ways", "loyalty.club.guarded.mixin"]
    _description = "Message Automation"
    _order = "club_id, sequence, id"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self._club_only_one(),
    )
    trigger_id = fields.Many2one(
        comodel_name="loyalty.club.trigger", string="When", required=True, index=True, ondelete="cascade"
    )
    trigger_code = fields.Char(related="trigger_id.code", string="Code of the trigger")
    kind = fields.Selection(related="trigger_id.kind")
    days_label = fields.Char(related="trigger_id.days_label")
    sequence = fields.Integer(related="trigger_id.sequence", store=True)
    template_id = fields.Many2one(
        comodel_name="loyalty.club.template", string="Text", required=True, index=True, ondelete="restrict"
    )
    body = fields.Text(related="template_id.body", string="Text of the message")
    purpose = fields.Selection(related="template_id.purpose")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    lane = fields.Selection(related="trigger_id.lane", store=True)
    active = fields.Boolean(
        string="On", default=False, help="What happened before it was switched on is not written about."
    )
    since = fields.Datetime(string="On since", readonly=True, copy=False)
    domain = fields.Char(string="Only members who", default="[]")
    delay = fields.Float(string="Wait (hours)", help="How long after it happened.")
    days = fields.Integer(help="Before the day; of inactivity: without a visit.")
    hour = fields.Float(default=10.0, help="Where the club is.")
    valid_hours = fields.Float(
        string="Stays true for (hours)",
        default=24.0,
        required=True,
        help="When the server or the gateway was away, what is older than this is not sent any more.",
    )
    calendar = fields.Selection(
        selection=[("gregorian", "Gregorian"), ("jalali", "Jalali")],
        compute="_compute_calendar",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="In which calendar birthdays are counted. Who was born on 29 February or 30 Esfand is written to on the "
        "last day of that month.",
    )
    occasion_id = fields.Many2one(comodel_name="loyalty.club.occasion", index="btree_not_null", ondelete="restrict")
    done_until = fields.Datetime(readonly=True, copy=False)  # moments until then have been looked at
    failure = fields.Char(string="Last failure", readonly=True, copy=False)
    message_count = fields.Integer(string="Messages", compute="_compute_message_count")

    _valid_hours_positive = models.Constraint("CHECK (valid_hours > 0)", "A message stays true for some time at least.")
    _days_positive = models.Constraint("CHECK (days >= 0 AND delay >= 0)", "Days and hours to wait are not negative.")
    _hour_of_day = models.Constraint("CHECK (hour >= 0 AND hour < 24)", "The hour is one of the day, 0 to 23:59.")

    def _club_only_one(self):
        clubs = self.env["loyalty.club"].search([], limit=2)
        return clubs if len(clubs) == 1 else clubs.browse()

    @api.depends("occasion_id.name")
    def _compute_name(self):
        result = super()._compute_name()
        for automation in self.filtered("occasion_id"):
            automation.name = automation.own_name or f"{automation.name}: {automation.occasion_id.name}"
        return result

    def _inverse_name(self):
        own = self.filtered(lambda one: one.name != f"{one.trigger_id.name}: {one.occasion_id.name}")
        return super(LoyaltyClubAutomation, own)._inverse_name()

    @api.depends("club_id")
    def _compute_calendar(self):
        for automation in self:
            jalali = automation.club_id.sudo().country_id.code == "IR"
            automation.calendar = automation.calendar or ("jalali" if jalali else "gregorian")

    @api.depends("template_id.preview", "trigger_id", "occasion_id", "days")
    @api.depends_context("lang")
    def _compute_preview(self):
        for automation in self:
            automation.preview = (
                automation.template_id and automation.template_id._club_preview(automation._club_samples)[0]
            )

    def _club_samples(self, lang):
        """What this automation knows better than the samples of placeholders: its own occasion, in a language."""
        if not self.occasion_id:
            return {}
        occasion = self.occasion_id.with_context(lang=lang)
        return {"occasion": occasion.name, "feast": occasion.next_date, "days": self.days or None}

    def _compute_message_count(self):
        counts = dict(
            self.env["loyalty.club.message"]._read_group(
                [("automation_id", "in", self.ids)], ["automation_id"], ["__count"]
            )
        )
        for automation in self:
            automation.message_count = counts.get(automation, 0)

    @api.onchange("trigger_id")
    def _onchange_trigger_id(self):
        for name in ("days", "hour", "valid_hours"):
            self[name] = self.trigger_id[name]

    @api.constrains("domain")
    def _check_domain(self):
        for automation in self:
            try:
                self.env["loyalty.club.member"].sudo().search_count(automation._club_domain(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(self.env._("This condition on members cannot be read: %s", error))

    @api.constrains("active", "occasion_id", "trigger_id")
    def _check_occasion(self):
        for automation in self:
            if automation.active and automation.trigger_id.code == "occasion" and not automation.occasion_id:
                raise ValidationError(self.env._("Choose the occasion of “%s” first.", automation.name))

    @api.constrains("template_id", "club_id", "trigger_id")
    def _check_template(self):
        for automation in self:
            template = automation.template_id
            if template.club_id and template.club_id != automation.club_id:
                raise ValidationError(self.env._("The text “%s” belongs to another club.", template.name))
            if template.trigger_id and template.trigger_id != automation.trigger_id:
                raise ValidationError(
                    self.env._("The text “%s” is written for something else. Make one of its own.", template.name)
                )

    def _club_domain(self):
        """The condition on members; a list of plain values, never run as code."""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    # -- switching -----------------------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        automations = super().create(vals_list)
        # when it was switched on is the server's
        automations.sudo().filtered(lambda automation: automation.active and not automation.since).write(
            {"since": fields.Datetime.now()}
        )
        self.env.registry.clear_cache()  # see _club_on
        return automations

    def write(self, vals):
        off = self.filtered(lambda automation: not automation.active) if vals.get("active") else self.browse()
        result = super().write(vals)
        if off:
            # the moment is the server's
            super(LoyaltyClubAutomation, off.sudo()).write({"since": fields.Datetime.now()})
        if REMEMBERED & set(vals):
            self.env.registry.clear_cache()  # see _club_on and _club_plan
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _club_on(self):
        """{(trigger code, club id): ids of what is switched on}; read by every sale, so kept in the cache."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT t.code, a.club_id, array_agg(a.id ORDER BY a.id) FROM loyalty_club_automation a
                     JOIN loyalty_club_trigger t ON t.id = a.trigger_id WHERE a.active GROUP BY 1, 2"""
            )
        )
        return {(code, club_id): tuple(ids) for code, club_id, ids in rows}

    # -- buttons -------------------------------------------------------------------------------------------------------

    def action_club_messages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club_sms.loyalty_club_message_action")
        return {**action, "name": self.name, "domain": [("automation_id", "=", self.id)], "context": {}}

    def action_club_edit_text(self):
        """The text, with its placeholders and all its languages."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "loyalty.club.template",
            "res_id": self.template_id.id,
            "views": [(False, "form")],
        }

    def action_club_send_test(self):
        self.ensure_one()
        return self.template_id.action_club_send_test()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on(self):
        if self.filtered("active"):
            raise UserError(self.env._("Switch the automation off before you delete it."))
