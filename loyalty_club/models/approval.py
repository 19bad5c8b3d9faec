"""Four eyes: what one person asks for and, above the club's limits for a day, another one approves."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyClubApproval(models.AbstractModel):
    """A request. The model that inherits it has ``club_id`` and says ``_club_amounts`` and ``_club_book``."""

    _name = "loyalty.club.approval"
    _inherit = ["mail.thread", "mail.activity.mixin", "loyalty.club.guarded.mixin"]
    _description = "Approval by a Second Person"

    reason = fields.Char(required=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("waiting", "Waiting for approval"), ("done", "Done"), ("refused", "Refused")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")
    requested_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    requested_at = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # -- what the request says about itself ----------------------------------------------------------------------------

    def _club_amounts(self):
        """{member (one record): Decimal above zero} that this request moves."""
        raise NotImplementedError

    def _club_book(self):
        """Book it, and return the values to write on the request."""
        raise NotImplementedError

    def _club_check_request(self):
        """Refuse with a ``UserError`` what can't be asked for."""

    def _club_frozen(self):
        """Names of the fields that nobody changes once it was requested."""
        return {"reason"}

    # -- the limit -----------------------------------------------------------------------------------------------------

    @api.depends("state")
    def _compute_needs_approval(self):
        for request in self:
            request.needs_approval = request.state in ("draft", "waiting") and request._club_above_limit()

    def _club_above_limit(self):
        """Whether this request, and what was done today alone, are more than the club lets one person do."""
        self.ensure_one()
        amounts = self._club_amounts() if self.club_id else {}
        asker = self.requested_by_id or self.env.user
        return bool(amounts) and self.club_id._club_needs_second(
            asker, {member.id: amount for member, amount in amounts.items()}
        )

    # -- what nobody may do --------------------------------------------------------------------------------------------

    def write(self, vals):
        if self._club_frozen() & set(vals) and self.filtered(lambda request: request.state != "draft"):
            raise UserError(self.env._("A request is not changed once it was made. Refuse it and make another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        if self.filtered(lambda request: request.state != "draft"):
            raise UserError(self.env._("Only drafts can be deleted."))

    # -- buttons -------------------------------------------------------------------------------------------------------

    def action_request(self):
        """Book it, or above the limit ask for a second person."""
        self.check_access("write")  # auditors read requests, and what follows is done without the user's rights
        for request in self.filtered(lambda request: request.state == "draft"):
            request._club_check_request()
            needs_approval = request._club_above_limit()
            # the state is changed by buttons only
            request.sudo().write({"requested_by_id": self.env.uid, "requested_at": fields.Datetime.now()})
            if needs_approval:
                request.sudo().state = "waiting"
                request._club_call_managers()
            else:
                request._club_do()

    def action_approve(self):
        """Book what another person asked for."""
        self._club_check_decider()
        self.check_access("write")
        for request in self.filtered(lambda request: request.state == "waiting"):
            request._club_check_second()
            request._club_do()

    def _club_check_second(self):
        """Refuse whoever is no second person for this request."""
        self.ensure_one()
        if not self.requested_by_id:
            raise UserError(self.env._("Nobody has asked for this. Refuse it and make another request."))
        if self.requested_by_id == self.env.user:
            raise UserError(self.env._("You asked for this yourself; another manager has to approve it."))
        if self.club_id._club_raised_by(self.env.user):
            raise UserError(
                self.env._(
                    "You raised a limit of the club within the last day; until then another manager has to approve it."
                )
            )

    def action_refuse(self):
        self._club_check_decider()
        self.check_access("write")
        waiting = self.filtered(lambda request: request.state == "waiting").sudo()
        waiting.write({"state": "refused", "decided_by_id": self.env.uid})
        waiting.activity_unlink(["mail.mail_activity_data_todo"])

    def _club_do(self):
        self.ensure_one()
        values = self._club_book()
        self.sudo().write({**values, "state": "done", "decided_by_id": self.env.uid})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _club_call_managers(self):
        """An activity for a manager of the club's company other than the one who asks."""
        managers = (
            self.env.ref("loyalty_club.group_club_manager")
            .sudo()
            .all_user_ids.filtered(  # who is a manager, only
                lambda user: (
                    user != self.env.user
                    and not user.share
                    and user.active
                    and user._is_internal()
                    and self.club_id.company_id in user.company_ids
                    and user != self.env.ref("base.user_root")
                )
            )
        )
        for manager in managers[:1]:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=manager.id,
                summary=self.env._("Approve or refuse: %s", self._description),
            )

    def _club_check_decider(self):
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager approves or refuses."))
