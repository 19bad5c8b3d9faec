"""Personal codes: each recipient gets a coupon of one of Odoo's coupon programs, made by one statement a batch."""

import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.gift_code import ALPHABET
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

#: Odoo's tills know the barcode of a coupon by its first digits.
PREFIX = "044"
#: 45 random bits behind it: a coupon is a discount, and a till is slow to ask.
RANDOM_LENGTH = 9


def new_coupon_codes(count):
    """``count`` different codes, short enough to be typed."""
    codes = set()
    while len(codes) < count:
        codes.add(PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH)))
    return list(codes)


class LoyaltyClubCampaign(models.Model):
    _inherit = "loyalty.club.campaign"

    coupon_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Coupon program",
        domain="[('program_type', '=', 'coupons'), ('club_id', '=', False)]",
        ondelete="restrict",
        help="Odoo's program that says what the codes give. Each member gets a code of his own; write it as {coupon}.",
    )
    coupon_days = fields.Integer(
        string="Codes are good for days", default=30, help="Days after the start of the campaign. 0: for ever."
    )
    coupon_until = fields.Date(string="Codes are good until", compute="_compute_coupon_until")
    coupon_points = fields.Float(
        readonly=True, copy=False, help="What each code had on it, enough for the program's cheapest reward."
    )
    coupon_used_count = fields.Integer(compute="_compute_coupon_used_count", string="Codes used")

    _coupon_days_positive = models.Constraint("CHECK (coupon_days >= 0)", "Days are not below zero.")

    @api.depends("coupon_days", "started_at", "send_at", "kind")
    def _compute_coupon_until(self):
        for campaign in self:
            start = campaign.started_at or campaign.send_at or fields.Datetime.now()
            is_limited = campaign.kind == "codes" and campaign.coupon_days
            campaign.coupon_until = start.date() + timedelta(days=campaign.coupon_days) if is_limited else False

    def _compute_coupon_used_count(self):
        self.env["loyalty.card"].flush_model(["points"])
        counts = dict(
            self.env.execute_query(
                SQL(
                    """SELECT r.campaign_id, count(*) FROM loyalty_club_campaign_recipient r
                         JOIN loyalty_club_campaign c ON c.id = r.campaign_id
                         JOIN loyalty_card card ON card.id = r.card_id
                        WHERE r.campaign_id = ANY(%s) AND card.points < c.coupon_points GROUP BY r.campaign_id""",
                    self.ids,
                )
            )
        )
        for campaign in self:
            campaign.coupon_used_count = counts.get(campaign.id, 0)

    @api.constrains("coupon_program_id")
    def _check_coupon_program(self):
        for campaign in self:
            program = campaign.coupon_program_id.sudo()  # whether it is one of the club's own is all that is asked
            if program and (program.program_type != "coupons" or program.club_id):
                raise ValidationError(self.env._("Personal codes are coupons: choose a program of the type “Coupons”."))

    def _club_codes_problem(self):
        """Why no codes can be made; False: they can, or none are wanted."""
        if self.kind != "codes":
            return False
        program = self.coupon_program_id.sudo()  # marketing people choose it; its rules are none of their business
        if not program:
            return self.env._("Choose the coupon program of the personal codes.")
        if not program.active or not program.reward_ids:
            return self.env._("The coupon program “%s” gives nothing: it is archived, or has no reward.", program.name)
        if program.date_to and program.date_to < fields.Date.today():
            return self.env._("The coupon program “%s” is over.", program.name)
        return False

    def _club_freeze(self):
        problem = self._club_codes_problem()
        if problem:
            raise UserError(problem)
        if self.kind == "codes":
            self.coupon_points = min(self.coupon_program_id.sudo().reward_ids.mapped("required_points"))
        return super()._club_freeze()

    def _club_give_codes(self, ids):
        super()._club_give_codes(ids)
        if self.kind != "codes":
            return
        program = self.coupon_program_id.sudo()  # as above
        rows = self.env.execute_query(
            SQL(
                """WITH wanted AS (
                       SELECT id, row_number() OVER (ORDER BY place) AS n FROM loyalty_club_campaign_recipient
                        WHERE id = ANY(%(ids)s) AND card_id IS NULL),
                   made AS (
                       INSERT INTO loyalty_card (program_id, company_id, partner_id, points, code, expiration_date,
                                                 active, create_uid, write_uid, create_date, write_date)
                       SELECT %(program)s, %(company)s, m.partner_id, %(points)s, codes.code, %(until)s, TRUE,
                              %(user)s, %(user)s, %(now)s, %(now)s
                         FROM wanted w
                         JOIN loyalty_club_campaign_recipient r ON r.id = w.id
                         JOIN loyalty_club_member m ON m.id = r.member_id
                         JOIN unnest(%(codes)s::text[]) WITH ORDINALITY AS codes(code, n) ON codes.n = w.n
                       RETURNING id, code)
                   UPDATE loyalty_club_campaign_recipient r SET card_id = made.id
                     FROM wanted w
                     JOIN unnest(%(codes)s::text[]) WITH ORDINALITY AS codes(code, n) ON codes.n = w.n
                     JOIN made ON made.code = codes.code
                    WHERE r.id = w.id RETURNING made.id""",
                ids=ids,
                program=program.id,
                company=program.company_id.id or None,
                points=self.coupon_points,
                until=self.coupon_until or None,
                user=self.confirmed_by_id.id or self.env.uid,
                now=fields.Datetime.now(),
                codes=new_coupon_codes(len(ids)),
            )
        )
        self._club_note_coupons([card_id for (card_id,) in rows])
        self.env["loyalty.card"].invalidate_model(flush=False)

    def _club_note_coupons(self, card_ids):
        """Odoo's history of each coupon begins with what it was given, as when its own wizard makes them."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO loyalty_history (card_id, description, issued, used,
                                                create_uid, write_uid, create_date, write_date)
                   SELECT unnest(%s::int[]), %s, %s, 0, %s, %s, %s, %s""",
                card_ids,
                self.name,
                self.coupon_points,
                self.env.uid,
                self.env.uid,
                fields.Datetime.now(),
                fields.Datetime.now(),
            )
        )
        self.env["loyalty.history"].invalidate_model(flush=False)

    def _club_code_values(self):
        values = super()._club_code_values()
        if self.kind == "codes":
            values["coupon"] = SQL("card.code")
            values["coupon_until"] = SQL("card.expiration_date")
        return values
