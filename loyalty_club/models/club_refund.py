"""Four eyes for refunds: what gives much value back waits for a second person, who allows it on the document."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..tools.amount import to_amount

ALLOWANCE = ("club_refund_allowed_by_id", "club_refund_allowed_at")


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    refund_limit = fields.Float(
        string="Refunds to credit and cards need a second person above",
        digits=(16, 3),
        tracking=True,
        help="What may go back to credit, gift and prepaid cards for one sale, at a till, at the office or online, "
        "before a manager has to allow it on the document. 0: nobody is asked.",
    )


class LoyaltyClubRefundMixin(models.AbstractModel):
    """A document on which another person allows that value goes back above the club's limit."""

    _name = "loyalty.club.refund.mixin"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Document With an Allowance for Refunds"

    club_refund_allowed_by_id = fields.Many2one(
        comodel_name="res.users", string="Refund to value allowed by", readonly=True, copy=False
    )
    club_refund_allowed_at = fields.Datetime(readonly=True, copy=False)

    def _compute_club_refund_limited(self):
        """For documents that show it; a till would be given the field with every order."""
        clubs = self.env["loyalty.club"].sudo().search([("id", "!=", False)])  # whether there is a limit, nothing more
        self.club_refund_limited = any(club._club_limit("refund_limit") for club in clubs)

    def write(self, vals):
        if self._club_ends_allowance(vals):
            allowed = self.sudo().filtered("club_refund_allowed_by_id")  # whoever changes it may not keep the allowance
            if allowed:
                allowed.write(dict.fromkeys(ALLOWANCE, False))
        return super().write(vals)

    def _club_ends_allowance(self, vals):
        """Whether writing ``vals`` makes something else of what was allowed."""
        return False

    def action_club_allow_refund(self):
        """Allow that refunds of this document go back to credit or cards above the club's limit."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager allows large refunds to credit and cards."))
        self.check_access("read")
        if self.env["loyalty.club"].sudo().search([("id", "!=", False)])._club_raised_by(self.env.user):
            raise UserError(
                self.env._("You raised a limit of the club within the last day; until then another manager allows it.")
            )
        self.sudo().write(  # managers of the club need not be managers of tills or accounts
            {"club_refund_allowed_by_id": self.env.uid, "club_refund_allowed_at": fields.Datetime.now()}
        )

    def _club_refund_refusal(self, club, given):
        """Why ``given`` may not go back for these documents now; False when it may. Who refunds is no second person.

        :param given: Decimal, all that goes back for them, this refund included
        """
        limit = club._club_limit("refund_limit")
        if not limit or given <= to_amount(limit, 3):
            return False
        allowed_by = [document.club_refund_allowed_by_id for document in self.sudo()]  # his name only
        if allowed_by and all(user and user != self.env.user for user in allowed_by):
            return False
        return self.env._(
            "%(given)s would go back to credit or cards for %(document)s, more than %(limit)s. Another person, a "
            "manager of the club, allows it first: on %(document)s, by the button “Allow refund to credit”.",
            given=format_amount(self.env, float(given), club.currency_id),
            limit=format_amount(self.env, limit, club.currency_id),
            document=", ".join(self.mapped("display_name")) or self.env._("the payment"),
        )
