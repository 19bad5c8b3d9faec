"""Seals: each night the heads of all chains that moved are chained per club, so that a cut-off tail shows."""

import hashlib

from odoo import api, fields, models
from odoo.tools import SQL


class LoyaltyClubSeal(models.Model):
    _name = "loyalty.club.seal"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Club Seal"
    _log_access = False
    _order = "id desc"

    club_id = fields.Many2one(comodel_name="loyalty.club", required=True, ondelete="restrict")
    number = fields.Integer(required=True)
    sealed_at = fields.Datetime(required=True)
    accounts = fields.Integer(required=True, help="Accounts that moved since the seal before.")
    hash = fields.Char(required=True)
    head_ids = fields.One2many(comodel_name="loyalty.club.seal.head", inverse_name="seal_id")

    _chain = models.UniqueIndex("(club_id, number)")

    @api.model
    def _cron_seal(self):
        """Seal every club; a club of which nothing moved gets no seal."""
        # pylint: disable-next=no-search-all; a business has a handful of clubs
        for club in self.env["loyalty.club"].with_context(active_test=False).search([]):
            self._club_seal(club)
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _club_seal(self, club):
        """Seal the accounts of ``club`` that moved since its last seal; returns the seal, empty when none did."""
        self.env.flush_all()
        previous = self.search([("club_id", "=", club.id)], limit=1)
        moved = self.env.execute_query(
            SQL(
                """SELECT a.id, a.seq, a.head FROM loyalty_club_account a
                 LEFT JOIN LATERAL (SELECT h.seq FROM loyalty_club_seal_head h
                                     WHERE h.account_id = a.id ORDER BY h.seq DESC LIMIT 1) sealed ON TRUE
                WHERE a.club_id = %s AND a.seq > COALESCE(sealed.seq, 0) ORDER BY a.id""",
                club.id,
            )
        )
        if not moved:
            return self.browse()
        text = "|".join([previous.hash or "", *(f"{account}:{seq}:{head}" for account, seq, head in moved)])
        seal = self.sudo().create(
            {
                "club_id": club.id,
                "number": (previous.number or 0) + 1,
                "sealed_at": fields.Datetime.now(),
                "accounts": len(moved),
                "hash": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
        seal.flush_recordset()
        self.env.cr.execute_values(
            "INSERT INTO loyalty_club_seal_head (seal_id, account_id, seq, hash) VALUES %s",
            [(seal.id, *row) for row in moved],
            page_size=10000,
        )
        return seal


class LoyaltyClubSealHead(models.Model):
    _name = "loyalty.club.seal.head"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Sealed Head of an Account"
    _log_access = False

    seal_id = fields.Many2one(comodel_name="loyalty.club.seal", required=True, index=True, ondelete="restrict")
    account_id = fields.Many2one(comodel_name="loyalty.club.account", required=True, ondelete="restrict")
    seq = fields.Integer(required=True)
    hash = fields.Char(required=True)

    _account_seq = models.UniqueIndex("(account_id, seq)")
