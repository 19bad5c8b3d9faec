"""Seals: each night the heads of all chains that moved are chained per club, so that a cut-off tail shows.

A club counts its seals, and gets one every night, also when nothing moved: a missing one shows. What was noted outside
the database, a line of JSON for each seal, proves later that nothing before it was changed.
"""

import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

#: SQL of a seal's hash: what it says, the hash before it, and the heads that it covers.
SEAL_HASH = """encode(sha256(convert_to(concat_ws('|', {previous}, club_id, number,
    to_char(sealed_at, 'YYYY-MM-DD HH24:MI:SS'), accounts, postings, heads), 'UTF8')), 'hex')"""
#: All seals with their heads as text, and by how many postings the accounts grew.
SEALS = """SELECT s.*, COALESCE(h.heads, '') AS heads, COALESCE(h.growth, 0) AS growth FROM loyalty_club_seal s
    LEFT JOIN (SELECT seal_id, string_agg(account_id || ':' || seq || ':' || hash, '|' ORDER BY account_id) AS heads,
                      SUM(seq - before) AS growth
                 FROM (SELECT *, lag(seq, 1, 0) OVER (PARTITION BY account_id ORDER BY seq) AS before
                         FROM loyalty_club_seal_head) head GROUP BY 1) h ON h.seal_id = s.id"""
#: Makes the next seal of a club, and its heads.
SEAL = f"""
WITH last AS (SELECT number, hash, postings FROM loyalty_club_seal WHERE club_id = %(club)s
               ORDER BY number DESC LIMIT 1),
moved AS (
    SELECT a.id, a.seq, a.head, a.seq - COALESCE(sealed.seq, 0) AS growth FROM loyalty_club_account a
 LEFT JOIN LATERAL (SELECT h.seq FROM loyalty_club_seal_head h
                     WHERE h.account_id = a.id ORDER BY h.seq DESC LIMIT 1) sealed ON TRUE
     WHERE a.club_id = %(club)s AND a.seq > COALESCE(sealed.seq, 0)),
said AS (
    SELECT %(club)s AS club_id, COALESCE((SELECT number FROM last), 0) + 1 AS number, %(now)s::timestamp AS sealed_at,
           count(*) AS accounts, COALESCE((SELECT postings FROM last), 0) + COALESCE(SUM(growth), 0) AS postings,
           COALESCE(string_agg(id || ':' || seq || ':' || head, '|' ORDER BY id), '') AS heads FROM moved),
seal AS (
    INSERT INTO loyalty_club_seal (club_id, number, sealed_at, accounts, postings, hash)
    SELECT club_id, number, sealed_at, accounts, postings,
           {SEAL_HASH.format(previous="COALESCE((SELECT hash FROM last), '')")} FROM said
 RETURNING id),
heads AS (
    INSERT INTO loyalty_club_seal_head (seal_id, account_id, seq, hash)
    SELECT seal.id, moved.id, moved.seq, moved.head FROM seal, moved)
SELECT id FROM seal"""
#: What a line outside says of a seal.
SAID = ("club", "name", "number", "sealed_at", "accounts", "postings", "hash")


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    seal_number = fields.Integer(
        string="Seals", readonly=True, copy=False, help="Number of the last seal; it follows the seals."
    )
    seal_email = fields.Char(
        string="Send each seal to",
        tracking=True,
        help="E-mail address of somebody who can't write to the database, for example the auditor. "
        "With what they keep, “./club check --seals” proves later that nothing before it was changed.",
    )

    @api.constrains("seal_email")
    def _check_seal_email(self):
        for club in self:
            if club.seal_email and not email_normalize(club.seal_email):
                raise UserError(self.env._("“%s” is not an e-mail address.", club.seal_email))


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
    postings = fields.Integer(required=True, help="All postings of the club so far.")
    hash = fields.Char(required=True)
    head_ids = fields.One2many(comodel_name="loyalty.club.seal.head", inverse_name="seal_id")

    _chain = models.UniqueIndex("(club_id, number)")

    @api.depends("club_id", "number")
    def _compute_display_name(self):
        for seal in self:
            seal.display_name = self.env._("Seal %(number)s of %(club)s", number=seal.number, club=seal.club_id.name)

    @api.model
    def _cron_seal(self):
        """Seal every club, also one of which nothing moved, and send the seal to who keeps it."""
        # pylint: disable-next=no-search-all; a business has a handful of clubs
        for club in self.env["loyalty.club"].with_context(active_test=False).search([]):
            self._club_seal(club)._club_send()
            self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _club_seal(self, club):
        """Seal the accounts of ``club`` that moved since its last seal; returns the seal."""
        self.env.flush_all()
        values = {"club": club.id, "now": fields.Datetime.now()}
        seal = self.browse(self.env.execute_query(SQL(SEAL, **values))[0][0])
        self.invalidate_model(flush=False)
        club.invalidate_recordset(["seal_number"], flush=False)
        return seal

    # -- seals outside ---------------------------------------------------------------------------------------------

    def _club_lines(self):
        """These seals as they are kept outside, oldest first: a line of JSON for each."""
        lines = []
        for seal in self.sorted(lambda seal: (seal.club_id.id, seal.number)):
            said = (
                seal.club_id.id,
                seal.club_id.name,
                seal.number,
                fields.Datetime.to_string(seal.sealed_at),
                seal.accounts,
                seal.postings,
                seal.hash,
            )
            lines.append(json.dumps(dict(zip(SAID, said, strict=True)), ensure_ascii=False))
        return lines

    def _club_send(self):
        """Mail these seals to whom their clubs chose; the queue of Odoo sends them."""
        Mail = self.env["mail.mail"].sudo()  # the night's job; nobody writes mails for it by right
        for seal in self.filtered("club_id.seal_email"):
            club = seal.club_id
            [line] = seal._club_lines()
            Mail.create(
                {
                    "email_to": club.seal_email,
                    "email_from": club.company_id.email_formatted or self.env.user.email_formatted,
                    "subject": self.env._("Seal %(number)s of %(club)s", number=seal.number, club=club.name),
                    "body_html": Markup("<p>%s</p><pre>%s</pre>")
                    % (
                        self.env._("Please keep this line. A seal comes every night; if a number is missing, ask why."),
                        line,
                    ),
                }
            )

    @api.model
    def _club_compare(self, lines):
        """Compare what was kept outside with the seals of this database.

        :param lines: lines of ``_club_lines``; empty ones are skipped
        :return: (how many seals were compared, [what differs, as a sentence])
        :raises UserError: a line is not one of a seal
        """
        kept = [self._club_read_line(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        here = {(seal.club_id.id, seal.number): seal for seal in self._club_all()}
        places = {(club, seal.hash): number for (club, number), seal in here.items()}
        problems = []
        for said in kept:
            what = self.env._("Seal %(number)s of %(club)s", number=said["number"], club=said["name"])
            seal = here.get((said["club"], said["number"]))
            place = places.get((said["club"], said["hash"]))
            if place and place != said["number"]:
                problems.append(self.env._("%(seal)s has the number %(place)s now.", seal=what, place=place))
            elif not seal:
                problems.append(self.env._("%s is missing.", what))
            elif json.loads(seal._club_lines()[0]) != {**said, "name": seal.club_id.name}:
                problems.append(self.env._("%s is not the one that was kept: it was rewritten.", what))
        return len(kept), problems

    def _club_all(self):
        return self.search([], order="club_id, number")  # pylint: disable=no-search-all; one a night and club

    def _club_read_line(self, number, line):
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict) or set(said) != set(SAID):
            raise UserError(self.env._("Line %s is not one of a seal. Give the file as it was kept.", number))
        return said


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
