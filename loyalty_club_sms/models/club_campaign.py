"""Campaigns: a text to many members, thought over, counted, confirmed, and looked at afterwards."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [("news", "News"), ("offer", "Offer"), ("greeting", "Greeting"), ("codes", "Personal codes")]
#: What a member has to have agreed to.
PURPOSE_OF_KIND = {"news": "news", "greeting": "news", "offer": "offers", "codes": "offers"}
STATES = [
    ("draft", "Draft"),
    ("scheduled", "Scheduled"),
    ("preparing", "Preparing"),
    ("sending", "Sending"),
    ("done", "Done"),
    ("stopped", "Stopped"),
]
#: Fields that may change at any time; everything else belongs to the draft.
ALWAYS = {"name", "active", "note", "bought_days", "color"}


class LoyaltyClubCampaign(models.Model):
    _name = "loyalty.club.campaign"
    _description = "Campaign"
    _inherit = ["mail.thread", "loyalty.club.audience", "loyalty.club.ways", "loyalty.club.guarded.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    note = fields.Text(help="For colleagues; no member reads it.")
    currency_id = fields.Many2one(related="club_id.currency_id")
    kind = fields.Selection(selection=KINDS, required=True, default="news")
    purpose = fields.Selection(
        selection=[("news", "News"), ("offers", "Offers")],
        string="Consent needed for",
        compute="_compute_purpose",
        store=True,
        help="Only members who agreed to this get it.",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    variant_ids = fields.One2many(
        comodel_name="loyalty.club.campaign.variant",
        inverse_name="campaign_id",
        string="Texts",
        copy=True,
        help="With several texts each one goes to its share of the members, so that the better one is found.",
    )
    variant_count = fields.Integer(compute="_compute_variant_count", string="Number of texts")
    control_percent = fields.Float(
        string="Hold out (%)",
        digits=(5, 2),
        help="So many of those who could get it don't: comparing them with the others shows what the campaign did.",
    )
    send_when = fields.Selection(
        selection=[("now", "At once"), ("at", "At a time"), ("over", "Over a period")],
        string="When",
        required=True,
        default="now",
    )
    send_on = fields.Date(string="Day")
    send_hour = fields.Float(string="Hour", default=10.0, help="In the club's time zone.")
    spread_hours = fields.Float(
        string="Over hours",
        default=4.0,
        help="The messages go out evenly over so many hours, e.g. so that not everybody calls at once.",
    )
    stop_after_hours = fields.Float(
        string="Worth nothing after hours",
        help="What has not gone so many hours after the start is not sent any more. 0: send it whenever it can go.",
    )
    send_at = fields.Datetime(string="Starts", readonly=True, copy=False, index="btree_not_null")
    zone = fields.Char(string="Time zone", compute="_compute_zone")
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False, ondelete="restrict")
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False, help="Why the campaign stopped by itself.")
    bought_days = fields.Integer(
        string="Purchases within days",
        default=14,
        required=True,
        help="Purchases so many days after the message count.",
    )

    _control_range = models.Constraint(
        "CHECK (control_percent BETWEEN 0 AND 50)", "At most half of the members can be held out."
    )
    _hour_range = models.Constraint("CHECK (send_hour >= 0 AND send_hour < 24)", "The hour is between 0:00 and 23:59.")
    _spread_range = models.Constraint(
        "CHECK (spread_hours > 0 AND spread_hours <= 168)", "A campaign is spread over a week at most."
    )
    _stop_positive = models.Constraint("CHECK (stop_after_hours >= 0)", "Hours are not below zero.")
    _bought_range = models.Constraint(
        "CHECK (bought_days BETWEEN 1 AND 365)", "Purchases are counted for one day to a year."
    )

    @api.depends("kind")
    def _compute_purpose(self):
        for campaign in self:
            campaign.purpose = PURPOSE_OF_KIND[campaign.kind]

    @api.depends("variant_ids")
    def _compute_variant_count(self):
        for campaign in self:
            campaign.variant_count = len(campaign.variant_ids)

    @api.depends("club_id")
    def _compute_zone(self):
        for campaign in self:
            campaign.zone = campaign.club_id._club_zone() if campaign.club_id else False

    def write(self, vals):
        if not self.env.su and set(vals) - ALWAYS and self._club_touches_content(vals):
            self._club_refuse_change()
        return super().write(vals)

    def _club_touches_content(self, vals):
        """Whether ``vals`` are about the campaign itself, and not about followers, activities and the like."""
        thread = self.env["mail.thread"]._fields
        return any(name not in thread and name not in ALWAYS for name in vals)

    def _club_refuse_change(self):
        if self.filtered(lambda campaign: campaign.state != "draft"):
            raise UserError(
                self.env._("This campaign is under way or over. Stop it and duplicate it to send something else.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered(lambda campaign: campaign.state != "draft"):
            raise UserError(self.env._("What was sent stays in the log: archive the campaign instead."))

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", campaign.name)}
            for campaign, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.constrains("club_id", "audience_branch_ids", "audience_file_id")
    def _check_one_club(self):
        for campaign in self:
            if (campaign.audience_branch_ids.club_id | campaign.audience_file_id.club_id) - campaign.club_id:
                raise ValidationError(self.env._("Branches and lists have to be of the campaign's own club."))

    def _club_send_at(self):
        """The instant (naive UTC) at which the campaign starts, from day and hour in the club's zone.

        An hour that the clocks skip is the one after it.
        """
        self.ensure_one()
        if self.send_when == "now":
            return fields.Datetime.now()
        if not self.send_on:
            raise UserError(self.env._("Choose the day on which the campaign starts."))
        local = datetime.combine(self.send_on, datetime.min.time(), ZoneInfo(self.club_id._club_zone()))
        wall = local.replace(tzinfo=None) + timedelta(minutes=round(self.send_hour * 60))
        return wall.replace(tzinfo=local.tzinfo).astimezone(timezone.utc).replace(tzinfo=None)

    def _club_spread(self):
        """Seconds over which the messages go out."""
        return self.spread_hours * 3600 if self.send_when == "over" else 0

    def _club_not_after(self):
        """The instant after which a message is worth nothing; None: never."""
        if not self.stop_after_hours:
            return None
        return self.send_at + timedelta(seconds=self._club_spread(), hours=self.stop_after_hours)
