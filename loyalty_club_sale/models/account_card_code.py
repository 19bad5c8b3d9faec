"""A card's code typed on a document: read once, kept nowhere; only the account that it opens stays."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.orm.models import NO_ACCESS


class LoyaltyClubCodeMixin(models.AbstractModel):
    _name = "loyalty.club.code.mixin"
    _description = "Document Paid by a Card's Code"

    club_account_id = fields.Many2one(
        comodel_name="loyalty.club.account",
        copy=False,
        index="btree_not_null",
        groups=NO_ACCESS,  # chosen by a code that was typed, never by number
    )
    club_code = fields.Char(
        string="Card code",
        compute="_compute_club_code",
        inverse="_inverse_club_code",
        copy=False,
        help="The code of the gift card or prepaid card that pays. It is read once and not kept.",
    )
    club_pin = fields.Char(
        string="PIN of the card",
        compute="_compute_club_code",
        inverse="_inverse_club_code",
        copy=False,
        help="Only for cards that have one.",
    )
    club_proof = fields.Char(copy=False, groups=NO_ACCESS, help="Names the confirmation that the customer gave.")

    @api.depends("journal_id")
    def _compute_club_code(self):
        self.club_code = False
        self.club_pin = False

    def _inverse_club_code(self):
        """
        :raises UserError: no card has this code, or too many wrong ones were typed; the try is counted all the same
        """
        journals = self.journal_id._club_pays()
        for record in self.filtered("club_code"):
            club, kind = journals.get(record.journal_id, (None, "credit"))
            if kind != "credit":
                record.sudo().club_account_id = self._club_read_code(club, kind, record.club_code, record.club_pin)

    @api.model
    def _club_read_code(self, club, kind, code, pin=None):
        """The account of the card with this code.

        :raises UserError: wrong, unknown or out of use (one message for all), or of another kind
        """
        address = request.httprequest.remote_addr if request else None
        # reading a code is throttled; whoever may post a payment may read one
        gift, message = self.env["loyalty.club.gift"].sudo()._club_read(club, code, pin=pin or None, address=address)
        if message:
            raise UserError(message)
        if gift.kind != kind:
            kinds = dict(gift._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._("This is a card of another kind: %s. Choose the journal for it.", kinds[gift.kind])
            )
        return gift.account_id
