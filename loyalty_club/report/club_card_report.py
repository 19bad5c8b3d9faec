"""Membership cards on paper: one card in its own size, or a sheet of ten to cut."""

from odoo import api, models
from odoo.exceptions import UserError

#: A sheet is for a shop's own printer; the card printer takes the file of the batch.
LARGEST_SHEET = 500


class ReportClubCard(models.AbstractModel):
    _name = "report.loyalty_club.report_card"
    _description = "Membership Card"

    @api.model
    def _get_report_values(self, docids, data=None):
        cards = self._club_cards(docids)
        return {"doc_ids": cards.ids, "doc_model": cards._name, "docs": cards}

    def _club_cards(self, docids):
        cards = self.env["loyalty.club.card"].browse(docids)
        if len(cards) > LARGEST_SHEET:
            raise UserError(
                self.env._(
                    "Print at most %s cards at once. For more, give the file of the batch to a card printer.",
                    LARGEST_SHEET,
                )
            )
        return cards


class ReportClubCardSheet(models.AbstractModel):
    _name = "report.loyalty_club.report_card_sheet"
    _inherit = "report.loyalty_club.report_card"
    _description = "Sheet of Membership Cards"

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        cards = values["docs"]
        return {**values, "pages": [cards[start : start + 10] for start in range(0, len(cards), 10)]}


class ReportClubBatchSheet(models.AbstractModel):
    _name = "report.loyalty_club.report_batch_sheet"
    _inherit = "report.loyalty_club.report_card_sheet"
    _description = "Sheet of the Cards of a Batch"

    def _club_cards(self, docids):
        batches = self.env["loyalty.club.card.batch"].browse(docids)
        cards = self.env["loyalty.club.card"].search(
            [("batch_id", "in", batches.ids)], order="id", limit=LARGEST_SHEET + 1
        )
        if not cards:
            raise UserError(self.env._("The cards of this batch are not made yet."))
        return super()._club_cards(cards.ids)
