"""What is left at the gateway, and a warning when it gets low: once for each time that it falls below."""

import logging
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..gateways import DRIVERS, Trouble

_logger = logging.getLogger(__name__)


class LoyaltyClubGateway(models.Model):
    _inherit = "loyalty.club.gateway"

    can_balance = fields.Boolean(compute="_compute_can_balance", compute_sudo=True)
    balance = fields.Float(digits=(16, 2), readonly=True, copy=False, help="What was left when it was last asked.")
    balance_unit = fields.Char(compute="_compute_can_balance", compute_sudo=True)
    balance_at = fields.Datetime(string="Asked", readonly=True, copy=False)
    balance_low = fields.Float(
        string="Warn below", digits=(16, 2), help="0: no warning. The balance is asked for once an hour."
    )
    is_low = fields.Boolean(readonly=True, copy=False)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who is warned",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )

    @api.depends("type", "balance_url")
    def _compute_can_balance(self):
        for gateway in self:
            driver = DRIVERS.get(gateway.type)
            has_url = gateway.type != "generic" or bool(gateway.balance_url)
            gateway.can_balance = bool(driver and driver.can_balance and has_url)
            units = {"rial": self.env._("rial"), "messages": self.env._("messages")}
            gateway.balance_unit = units.get(driver.balance_unit, "") if driver else ""

    def _club_price_unit(self):
        """The currency of its prices, in words; empty when nothing says which."""
        driver = DRIVERS.get(self.type)
        return self.env._("rial") if driver and driver.balance_unit == "rial" else ""

    def action_balance(self):
        """Ask the gateway what is left."""
        self.ensure_one()
        self._club_check_manager()
        try:
            self._club_write_balance(self._club_driver().balance())
        except Trouble as trouble:
            # nothing in it is secret; the driver masks it
            raise UserError(self._club_says(trouble.reason, str(trouble))) from None

    def _club_write_balance(self, balance):
        """Write a balance, and warn if it has just fallen below the limit."""
        self.ensure_one()
        gateway = self.sudo()  # managers ask, only administrators write gateways
        was_low = gateway.is_low
        is_low = bool(gateway.balance_low) and balance < Decimal(str(gateway.balance_low))
        gateway.write({"balance": float(balance), "balance_at": fields.Datetime.now(), "is_low": is_low})
        if is_low and not was_low:
            gateway.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("%s: the credit is low", gateway.name),
                note=self.env._(
                    "%(balance)s %(unit)s are left. Messages wait, or go through the fall-back, when nothing is left.",
                    balance=balance,
                    unit=gateway.balance_unit,
                ),
                user_id=(gateway.user_id or self.env.ref("base.user_admin")).id,
            )
        elif was_low and not is_low:
            gateway.activity_unlink(["mail.mail_activity_data_warning"])

    def _cron_balance(self):
        """Ask every gateway in use; one that does not answer is left for the next hour."""
        gateways = self.search([("active", "=", True)]).filtered("can_balance")
        for left, gateway in zip(range(len(gateways) - 1, -1, -1), gateways, strict=True):
            try:
                balance = gateway._club_driver().balance()
            except Trouble as trouble:
                _logger.info("Gateway %s tells no balance: %s %s", gateway.id, trouble.reason, trouble)
            else:
                gateway._club_write_balance(balance)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _club_says(self, reason, detail=""):
        """A reason in words, with what the gateway itself said."""
        text = self.env["loyalty.club.message"]._club_reasons().get(reason) or reason
        return f"{text} ({detail})" if detail else text

    def _club_check_manager(self):
        if not (self.env.su or self.env.user.has_group("loyalty_club.group_club_manager")):
            raise AccessError(self.env._("Only managers of the club may do this."))
        self.check_access("read")
