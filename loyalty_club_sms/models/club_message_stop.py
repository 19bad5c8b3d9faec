"""Stops: what is not sent for the time being: all of a club but codes, or one campaign."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class LoyaltyClubMessageStop(models.Model):
    _name = "loyalty.club.message.stop"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Stopped Messages"
    _order = "id desc"
    _rec_name = "club_id"

    club_id = fields.Many2one(comodel_name="loyalty.club", readonly=True, index="btree_not_null", ondelete="cascade")
    origin_model = fields.Char(readonly=True, help="Only messages of this record, a campaign; empty: all of the club.")
    origin_id = fields.Many2oneReference(model_field="origin_model", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, default=lambda self: self.env.user)
    at = fields.Datetime(string="Since", required=True, readonly=True, default=fields.Datetime.now)

    _once = models.UniqueIndex(
        "(club_id, COALESCE(origin_model, ''), COALESCE(origin_id, 0))", "That is stopped already."
    )

    @api.model
    def _club_stop(self, club, origin=None):
        """Send no more messages of ``club``, or only of the record ``origin`` (a campaign).

        What is at the gateway already goes; what waits keeps waiting. One-time codes go on, or no till could confirm a
        spending. The caller has checked who asks.
        """
        if self._club_is_stopped(club, origin):
            return
        values = {"club_id": club.id}
        if origin:
            values.update(origin_model=origin._name, origin_id=origin.id)
        self.sudo().create(values)

    @api.model
    def _club_go_on(self, club, origin=None):
        """Send again what was stopped."""
        self._club_of(club, origin).unlink()
        self.env["loyalty.club.message"]._club_wake_all()

    @api.model
    def _club_is_stopped(self, club, origin=None):
        return bool(self._club_of(club, origin))

    def _club_of(self, club, origin):
        domain = [("club_id", "=", club.id), ("origin_model", "=", origin._name if origin else False)]
        return self.sudo().search([*domain, ("origin_id", "=", origin.id if origin else 0)])

    @api.model
    def _club_sql(self, message):
        """Condition: the message of table alias ``message`` is not stopped."""
        message = SQL.identifier(message)
        return SQL(
            """(%(m)s.lane = 'code' OR NOT EXISTS (
                    SELECT FROM loyalty_club_message_stop stop
                     WHERE stop.club_id = %(m)s.club_id
                       AND (stop.origin_model IS NULL
                            OR (stop.origin_model = %(m)s.origin_model AND stop.origin_id = %(m)s.origin_id))))""",
            m=message,
        )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    message_stopped = fields.Boolean(compute="_compute_message_stopped")

    def _compute_message_stopped(self):
        rows = self.env["loyalty.club.message.stop"].sudo().search([("club_id", "in", self.ids)])
        stopped = rows.filtered(lambda stop: not stop.origin_model).club_id
        for club in self:
            club.message_stopped = club in stopped

    def _club_check_message_manager(self):
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only the club's managers stop its messages."))
        self.check_access("write")

    def action_club_stop_messages(self):
        self._club_check_message_manager()
        for club in self:
            self.env["loyalty.club.message.stop"]._club_stop(club)
        self.invalidate_recordset(["message_stopped"])

    def action_club_go_on_messages(self):
        self._club_check_message_manager()
        for club in self:
            self.env["loyalty.club.message.stop"]._club_go_on(club)
        self.invalidate_recordset(["message_stopped"])
