"""How long value lives: the policy of each program, and what of it the ledger's door asks for."""

from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..rules import lives
from ..rules.lots import end_of_day
from ..rules.movement import NewLot

#: Fields that make the policy.
POLICY = ("club_life", "club_life_count", "club_calendar", "club_wait_days", "club_id")
NEEDS_COUNT = ("days", "months", "idle")


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    club_life = fields.Selection(
        selection=[
            ("never", "Never"),
            ("days", "Days after earning"),
            ("months", "Months after earning"),
            ("month_end", "At the end of a month"),
            ("year_end", "At the end of a year"),
            ("idle", "After days without a visit"),
        ],
        string="Expires",
        default="never",
        required=True,
        help="When what a member earns or loads can no longer be spent. It counts for what comes in from now on.",
    )
    club_life_count = fields.Integer(
        string="How many",
        default=0,
        help="Days or months after earning; for the end of a month or year, how many further months or years.",
    )
    club_calendar = fields.Selection(
        selection=[("gregorian", "Gregorian"), ("jalali", "Jalali (Solar Hijri)")],
        string="Calendar",
        default="gregorian",
        required=True,
        help="In which calendar months and years are counted.",
    )
    club_wait_days = fields.Integer(
        string="Waiting days",
        default=0,
        help="What is earned can be spent only after so many days, when no goods come back any more. 0: at once.",
    )
    club_rolls = fields.Boolean(
        compute="_compute_club_rolls",
        store=True,
        help="Lots of this program may live longer with each visit; stays set, since older lots keep their life.",
    )
    club_life_example = fields.Char(compute="_compute_club_life_example", string="Example")

    _club_life_range = models.Constraint(
        "CHECK (club_life_count BETWEEN 0 AND 3660 AND club_wait_days BETWEEN 0 AND 366)",
        "Lives are at most 3660 days, months or years, and value waits for at most 366 days.",
    )

    @api.constrains("club_life", "club_life_count")
    def _check_club_life_count(self):
        for program in self:
            if program.club_life in NEEDS_COUNT and program.club_life_count < 1:
                raise ValidationError(
                    self.env._("%s: enter after how many days or months what is earned expires.", program.name)
                )

    @api.depends("club_life")
    def _compute_club_rolls(self):
        for program in self:
            program.club_rolls = program.club_rolls or program.club_life == "idle"

    @api.depends(*POLICY)
    def _compute_club_life_example(self):
        for program in self:
            program.club_life_example = program._club_life_sentence()

    def _club_life_sentence(self):
        """What is earned today: from when and until when it can be spent, last days in both calendars."""
        policy = self._club_policy_now()
        today = lives.local_day(fields.Datetime.now(), policy.zone)
        first, last = lives.days_of(policy, today)
        values = {
            "first": lives.written(first, "gregorian"),
            "first_jalali": lives.written(first, "jalali"),
            "last": last and lives.written(last, "gregorian"),
            "last_jalali": last and lives.written(last, "jalali"),
        }
        waits = bool(policy.wait_days)
        if not last:
            if not waits:
                return self.env._("Earned today: can be spent at once and never expires.")
            return self.env._(
                "Earned today: can be spent from %(first)s (%(first_jalali)s) on and never expires.", **values
            )
        if waits:
            return self.env._(
                "Earned today: can be spent from %(first)s (%(first_jalali)s) on; "
                "its last day is %(last)s (%(last_jalali)s).",
                **values,
            )
        return self.env._("Earned today: can be spent at once; its last day is %(last)s (%(last_jalali)s).", **values)

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        self.env.registry.clear_cache()
        return programs

    def write(self, vals):
        result = super().write(vals)
        if set(POLICY) & set(vals):
            self.env.registry.clear_cache()
        return result

    def _club_policy_now(self):
        club = self.club_id.sudo()  # its time zone only
        return lives.Policy(
            self.club_life or "never",
            self.club_life_count or 0,
            self.club_calendar or "gregorian",
            self.club_wait_days or 0,
            club._club_zone() if club else "UTC",
        )

    @tools.ormcache("self.id")
    def _club_policy(self):
        """The policy (``rules.lives.Policy``) of this program; kept in memory, since the door asks with each order."""
        return self.sudo()._club_policy_now()  # whoever sells need not be allowed to open programs

    @api.model
    @tools.ormcache()
    def _club_rolling_programs(self):
        """Ids of the programs with lots that live longer with each visit."""
        return tuple(self.sudo().with_context(active_test=False).search([("club_rolls", "=", True)]).ids)

    def _club_new_lots(self, amount, branch_id, at):
        """The lots of ``amount`` (Decimal) that comes in at ``at`` (UTC) by this program's policy.

        :param branch_id: the issuer, or None
        :return: tuple of ``NewLot``
        """
        self.ensure_one()
        life = lives.life_of(self._club_policy(), at)
        return (NewLot(amount, branch_id, life.usable_from, life.expires_at, None, life.idle_days),)


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    refund_life_days = fields.Integer(
        string="Refunded value that has expired lives",
        default=14,
        tracking=True,
        help="Days that spent value lives when a refund gives it back after its last day. "
        "0: it keeps its last day and expires the next night.",
    )
    reinstate_days = fields.Integer(
        string="Expired value can be reinstated for",
        default=30,
        tracking=True,
        help="Days after the last day within which a manager may reinstate what has expired.",
    )
    extend_days = fields.Integer(
        string="Extended or reinstated for at most",
        default=90,
        tracking=True,
        help="How many days from today the new last day may be, when a manager extends or reinstates by hand.",
    )

    _life_days = models.Constraint(
        "CHECK (refund_life_days BETWEEN 0 AND 366 AND reinstate_days BETWEEN 0 AND 3660 "
        "AND extend_days BETWEEN 0 AND 3660)",
        "Days of extending and reinstating are between 0 and 3660, of refunded value at most 366.",
    )

    def _club_end_of(self, day):
        """The UTC instant (exclusive) at which ``day`` ends where the club is."""
        return end_of_day(day, self._club_zone())

    def _club_refund_end(self, now):
        """Until when refunded value lives whose lot has died (UTC); None when it dies with its lot."""
        club = self.sudo()  # cashiers need not be allowed to open clubs
        if not club.refund_life_days:
            return None
        today = lives.local_day(now, club._club_zone())
        return club._club_end_of(today + timedelta(days=club.refund_life_days))

    def write(self, vals):
        result = super().write(vals)
        if {"company_id", "country_id"} & set(vals):
            self.env.registry.clear_cache()
        return result


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if {"tz", "country_id"} & set(vals) and self.sudo().ref_company_ids:  # whether it is a company's own address
            self.env.registry.clear_cache()
        return result
