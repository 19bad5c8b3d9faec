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
        members = self.env["loyalty.club.member"].sudo().browse({item[2] for item in items if item[2]}).exists()
        langs = self._club_langs(members)
        clubs = {member.id: member.club_id for member in members}
        bodies, prepared = {}, []
        for key, template, member_id, values, lang in items:
            lang = langs.get(member_id) or self._club_lang(lang)
            if (template, lang) not in bodies:
                bodies[template, lang] = template.sudo().with_context(lang=lang).body or ""
            prepared.append((key, template, member_id, values or {}, lang))
        known = self._club_known_values(members, bodies, prepared)
        kinds = self.env["loyalty.club.placeholder"]._club_kinds()
        styles, rendered = {}, {}
        for key, template, member_id, values, lang in prepared:
            club = clubs.get(member_id) or template.sudo().club_id or self._club_any_club()
            if (club, lang) not in styles:
                styles[club, lang] = club._club_style(lang)
            body, given = bodies[template, lang], {**known.get((lang, member_id), {}), **values}
            style = styles[club, lang]
            words = {name: word(given.get(name), kinds.get(name, "text"), style) for name in names_in(body)}
            rendered[key] = (fill(body, words), lang)
        return rendered

    def _club_known_values(self, members, bodies, prepared):
        """{(language, member id): {code: value}} of what the texts need and the messages do not bring."""
        wanted = defaultdict(lambda: (set(), set()))
        for _key, template, member_id, values, lang in prepared:
            codes = set(names_in(bodies[template, lang])) - set(values)
            if member_id and codes:
                wanted[lang][0].add(member_id)
                wanted[lang][1].update(codes)
        known = {}
        for lang, (ids, codes) in wanted.items():
            theirs = members.filtered(lambda member, ids=ids: member.id in ids).with_context(lang=lang)
            for member_id, values in self.with_context(lang=lang)._club_member_values(theirs, codes).items():
                known[lang, member_id] = values
        return known

    def _club_any_club(self):
        """Of a message to who is no member: the company's club decides how values are written."""
        return self.env["loyalty.club"].sudo().search([], limit=1)

    @api.model
    def _club_langs(self, members):
        """{member id: code of an active language}: the contact's, else the company's."""
        if not members:
            return {}
        self.env["res.partner"].flush_model(["lang"])
        rows = self.env.execute_query(
            SQL(
                """SELECT m.id, p.lang, q.lang FROM loyalty_club_member m
                     JOIN res_partner p ON p.id = m.partner_id
                     JOIN loyalty_club c ON c.id = m.club_id
                     JOIN res_company y ON y.id = c.company_id
                     JOIN res_partner q ON q.id = y.partner_id
                    WHERE m.id = ANY(%s)""",
                members.ids,
            )
        )
        return {member_id: self._club_lang(own, company) for member_id, own, company in rows}

    @api.model
    def _club_lang(self, *codes):
        """The first of ``codes`` that is an active language; English when none is."""
        Lang = self.env["res.lang"]
        return next((code for code in codes if code and Lang._get_data(code=code)), None) or "en_US"
