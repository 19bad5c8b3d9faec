"""Rendering: texts of many members at once, each in his language, calendar, unit and digits."""

from collections import defaultdict

from odoo import api, models
from odoo.addons.loyalty_club.rules.wording import word
from odoo.tools import SQL

from ..rules.placeholders import fill, names_in


class LoyaltyClubTemplate(models.Model):
    _inherit = "loyalty.club.template"

    def _club_render(self, member_ids, values_by_member=None):
        """This template for members: {member id: (text, language)}.

        :param values_by_member: {member id: {code: value}}, they go before what is known of everybody
        """
        self.ensure_one()
        values = values_by_member or {}
        return self._club_render_all(
            [(member_id, self, member_id, values.get(member_id), None) for member_id in member_ids]
        )

    @api.model
    def _club_render_all(self, items):
        """Texts of many messages, several of one member too, in a few queries. Never raises for what a value is.

        :param items: list of (key, template, member id or False, {code: value} or None, language or None);
            the language is for who is no member
        :return: {key: (text, language)}
        """
        readers = self._club_readers({item[2] for item in items if item[2]})
        bodies, prepared = {}, []
        for key, template, member_id, values, lang in items:
            lang, club_id = readers.get(member_id) or (self._club_lang(lang), None)
            wording = template.id, lang
            if wording not in bodies:
                body = template.sudo().with_context(lang=lang).body or ""
                bodies[wording] = body, names_in(body)
            club = club_id or (template.sudo().club_id or self._club_any_club()).id
            prepared.append((key, wording, member_id if member_id in readers else False, club, values or {}))
        known = self._club_known_values(bodies, prepared)
        kinds = self.env["loyalty.club.placeholder"]._club_kinds()
        plain, styles, rendered = {}, {}, {}
        for key, wording, member_id, club, values in prepared:
            (body, names), lang = bodies[wording], wording[1]
            if not names:  # the same for everybody
                if wording not in plain:
                    plain[wording] = fill(body, {}), lang
                rendered[key] = plain[wording]
                continue
            if (club, lang) not in styles:
                styles[club, lang] = self.env["loyalty.club"].sudo().browse(club or [])._club_style(lang)
            given, style = {**known.get((lang, member_id), {}), **values}, styles[club, lang]
            words = {name: word(given.get(name), kinds.get(name, "text"), style) for name in names}
            rendered[key] = (fill(body, words), lang)
        return rendered

    def _club_known_values(self, bodies, prepared):
        """{(language, member id): {code: value}} of what the texts need and the messages do not bring."""
        wanted = defaultdict(lambda: (set(), set()))
        for _key, wording, member_id, _club, values in prepared:
            names = bodies[wording][1]
            codes = [name for name in names if name not in values] if member_id else ()
            if codes:
                wanted[wording[1]][0].add(member_id)
                wanted[wording[1]][1].update(codes)
        known = {}
        for lang, (ids, codes) in wanted.items():
            theirs = self.env["loyalty.club.member"].sudo().with_context(lang=lang).browse(ids)
            for member_id, values in self.with_context(lang=lang)._club_member_values(theirs, codes).items():
                known[lang, member_id] = values
        return known

    def _club_any_club(self):
        """Of a message to who is no member: the company's club decides how values are written."""
        return self.env["loyalty.club"].sudo().search([], limit=1)

    @api.model
    def _club_readers(self, member_ids):
        """{member id: (code of an active language, club id)} of those that there are: the contact's language, else the
        company's."""
        if not member_ids:
            return {}
        self.env["res.partner"].flush_model(["lang"])
        self.env["loyalty.club.member"].flush_model(["partner_id", "club_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id, p.lang, q.lang, m.club_id FROM loyalty_club_member m
                     JOIN res_partner p ON p.id = m.partner_id
                     JOIN loyalty_club c ON c.id = m.club_id
                     JOIN res_company y ON y.id = c.company_id
                     JOIN res_partner q ON q.id = y.partner_id
                    WHERE m.id = ANY(%s)""",
                list(member_ids),
            )
        )
        langs = {(own, company): self._club_lang(own, company) for _id, own, company, _club in rows}
        return {member_id: (langs[own, company], club) for member_id, own, company, club in rows}

    @api.model
    def _club_lang(self, *codes):
        """The first of ``codes`` that is an active language; English when none is."""
        Lang = self.env["res.lang"]
        return next((code for code in codes if code and Lang._get_data(code=code)), None) or "en_US"
