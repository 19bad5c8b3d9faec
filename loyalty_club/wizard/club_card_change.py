"""One form for all that can happen to a card; it says what follows before it is done."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyClubCardChange(models.TransientModel):
    _name = "loyalty.club.card.change"
    _description = "Change of a Membership Card"

    change = fields.Selection(
        selection=[
            ("give", "Give to a member"),
            ("replace", "Replace"),
            ("lost", "Report lost"),
            ("block", "Block"),
            ("unblock", "Take into use again"),
        ],
        required=True,
        default="give",
    )
    card_id = fields.Many2one(comodel_name="loyalty.club.card", ondelete="cascade")
    state = fields.Selection(related="card_id.state")
    club_id = fields.Many2one(comodel_name="loyalty.club", compute="_compute_club")
    member_id = fields.Many2one(
        comodel_name="loyalty.club.member",
        domain="[('state', '=', 'active'), ('club_id', '=?', club_id)]",
        ondelete="cascade",
    )
    number = fields.Char(string="New card", help="Scan or type the number of a card from stock.")
    reason = fields.Char(help="Cashiers read it when the old card comes to the till.")
    consequence = fields.Text(string="What happens", compute="_compute_consequence")

    @api.depends("card_id", "member_id")
    def _compute_club(self):
        for wizard in self:
            wizard.club_id = wizard.card_id.club_id or wizard.member_id.club_id

    @api.depends("change", "card_id", "number", "member_id")
    def _compute_consequence(self):
        for wizard in self:
            wizard.consequence = wizard._club_consequence()

    def _club_consequence(self):
        card, member = self.card_id.display_name or "", self.card_id.member_id.partner_id.name or ""
        if self.change == "replace":
            new = (
                self.env._("the card that you scan")
                if self.number
                else self.env._("a new number, to show on the phone")
            )
            return self.env._(
                "%(member)s gets %(new)s. "
                "The old card %(card)s is refused at every till from now on, for good. "
                "Points and credit stay as they are.",
                member=member,
                new=new,
                card=card,
            )
        if self.change == "unblock" and not member:
            return self.env._("Card %s goes back into stock and can be given to a member.", card)
        texts = {
            "give": self.env._("The card is accepted at the till at once. Other cards of the member stay in use."),
            "lost": self.env._(
                "Card %s is refused at every till from now on. It can be taken into use again when it is found. "
                "Points and credit stay as they are; the member can still be found by mobile number.",
                card,
            ),
            "block": self.env._(
                "Card %s is refused at every till from now on, until somebody takes it into use again. "
                "Points and credit stay as they are. To keep the member from spending, block the member instead.",
                card,
            ),
            "unblock": self.env._(
                "Card %(card)s of %(member)s is accepted again at every till.", card=card, member=member
            ),
        }
        return texts.get(self.change, "")

    def action_apply(self):
        """Do it, and close the form."""
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_club_officer"):
            raise AccessError(self.env._("Only club officers change cards."))
        card = self.card_id
        if card:
            card.check_access("read")  # what follows is done without the user's rights
        if self.change == "give":
            self._club_give()
        elif not card:
            raise UserError(self.env._("Choose the card first."))
        elif self.change == "replace":
            new = self.env["loyalty.club.card"]._club_find_number(card.club_id, self.number) if self.number else None
            card._club_replace(new, self.reason)
        else:
            done = {"lost": card._club_report_lost, "block": card._club_block, "unblock": card._club_unblock}
            done[self.change](self.reason or "")
        return {"type": "ir.actions.act_window_close"}

    def _club_give(self):
        if not self.member_id:
            raise UserError(self.env._("Choose the member who gets the card."))
        self.member_id.check_access("read")
        card = self.card_id or self.env["loyalty.club.card"]._club_find_number(self.member_id.club_id, self.number)
        card._club_activate(self.member_id, self.reason or "")
