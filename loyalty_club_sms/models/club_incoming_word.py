"""Words by which people stop advertising, or ask for it, in a message of their own. Data; clubs add theirs."""

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.text import search_key
from odoo.exceptions import ValidationError

from ..rules.incoming import OPT_IN, OPT_OUT, word_key


class LoyaltyClubIncomingWord(models.Model):
    _name = "loyalty.club.incoming.word"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "Word of an Incoming Message"
    _order = "kind, club_id, id"
    _rec_name = "word"

    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for every club. A club adds its own words and takes none of these away.",
    )
    word = fields.Char(required=True, help="The whole message is this, in any spelling of digits, letters and spaces.")
    word_key = fields.Char(compute="_compute_word_key", store=True, precompute=True)
    kind = fields.Selection(
        selection=[(OPT_OUT, "Stop advertising"), (OPT_IN, "Agree to advertising")], required=True, default=OPT_OUT
    )

    _key_unique = models.UniqueIndex("(COALESCE(club_id, 0), word_key)", "This word is in the list already.")

    @api.depends("word")
    def _compute_word_key(self):
        for word in self:
            word.word_key = word_key(search_key(word.word or ""))

    @api.constrains("word")
    def _check_word(self):
        for word in self:
            if not word.word_key:
                raise ValidationError(self.env._("A word needs at least one letter or digit."))

    @api.model
    def _club_words(self, clubs):
        """{club id: {key: kind}} for each of ``clubs``; 0 is the list for everybody. Stop is stronger than agree."""
        rows = self.sudo().search_fetch(  # what the words mean is no secret, and jobs ask too
            [("club_id", "in", [*clubs.ids, False])], ["club_id", "word_key", "kind"]
        )
        words = {club_id: {} for club_id in (0, *clubs.ids)}
        for word in rows.sorted(lambda word: (bool(word.club_id), word.kind == OPT_OUT)):
            for club_id in [word.club_id.id] if word.club_id else list(words):
                if words[club_id].get(word.word_key) != OPT_OUT:
                    words[club_id][word.word_key] = word.kind
        return words
