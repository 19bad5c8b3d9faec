"""Lists of members from a file of card numbers, mobiles or membership numbers.

Reading a file changes nothing: what was found and what was not is shown first, and only a confirmed list is an
audience. A list can serve several campaigns.
"""

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.loyalty_club.tools.member_file import read_people
from odoo.addons.loyalty_club.tools.sheet import TooManyRows, read_rows, to_xlsx
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: Rows of one file, and bytes.
MOST_ROWS = 500_000
MOST_BYTES = 50_000_000
#: Problems listed on the screen; all of them are in the file to download.
SHOWN = 100
#: Rows that are looked up at once.
AT_ONCE = 10_000
#: Lists that nobody confirmed are forgotten after so many days.
DRAFT_DAYS = 2


class LoyaltyClubAudienceFile(models.Model):
    _name = "loyalty.club.audience.file"
    _inherit = ["loyalty.club.guarded.mixin"]
    _description = "List of Members from a File"
    _order = "id desc"

    name = fields.Char(required=True)
    club_id = fields.Many2one(
        comodel_name="loyalty.club",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["loyalty.club"]._club_default(),
    )
    content = fields.Binary(string="File", attachment=True, help="CSV or Excel (.xlsx).")
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "New"), ("read", "Read"), ("ready", "Confirmed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    member_ids = fields.Many2many(
        comodel_name="loyalty.club.member",
        relation="loyalty_club_audience_file_member",
        column1="file_id",
        column2="member_id",
        readonly=True,
        copy=False,
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    member_count = fields.Integer(string="Members found", readonly=True, copy=False)
    double_count = fields.Integer(
        string="Named twice", readonly=True, copy=False, help="Rows with a member that an earlier row named already."
    )
    problem_count = fields.Integer(string="Not found", readonly=True, copy=False)
    problems = fields.Json(readonly=True, copy=False)
    problem_text = fields.Text(string="Rows that were not found", compute="_compute_problem_text")
    problem_file = fields.Binary(string="All of them", readonly=True, attachment=True, copy=False)
    problem_filename = fields.Char(compute="_compute_problem_text")

    def _compute_problem_text(self):
        reasons = self._club_problem_texts()
        for record in self:
            lines = [
                self.env._("Row %(row)s: %(text)s — %(why)s", row=line, text=text, why=reasons.get(why, why))
                for line, text, why in record.problems or []
            ]
            if record.problem_count > len(lines):
                lines.append(self.env._("… and %s more.", record.problem_count - len(lines)))
            record.problem_text = "\n".join(lines)
            record.problem_filename = self.env._("not found.xlsx")

    @api.model
    def _club_problem_texts(self):
        return {
            "nothing": self.env._("no card number, mobile or membership number"),
            "bad_check": self.env._("mistyped card number"),
            "rounded": self.env._("the spreadsheet rounded the number; format the column as text and type it again"),
            "landline": self.env._("not a mobile"),
            "unknown_card": self.env._("no member has this card"),
            "unknown_mobile": self.env._("no member has this mobile"),
            "unknown_number": self.env._("no member has this number"),
        }

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([{**vals, "state": "draft"} for vals in vals_list])

    def write(self, vals):
        own = {"state", "member_ids", "row_count", "member_count", "double_count", "problem_count", "problems"}
        if not self.env.su and own & set(vals):
            raise AccessError(self.env._("Use the buttons to read and confirm a list."))
        if {"content", "club_id"} & set(vals):
            if self.filtered(lambda record: record.state == "ready"):
                raise UserError(self.env._("This list is confirmed. Make another one from the other file."))
            self.sudo()._club_forget()  # what was found belongs to the file before; states change by buttons only
        return super().write(vals)

    def _club_forget(self):
        self.write({"state": "draft", "row_count": 0, "member_count": 0, "double_count": 0, "problem_count": 0})
        self.write({"problems": False, "problem_file": False})
        self.env.execute_query(
            SQL("DELETE FROM loyalty_club_audience_file_member WHERE file_id IN %s RETURNING 1", tuple(self.ids))
        )

    def action_read(self):
        """Read the file and show what was found; no audience changes."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "ready":
            raise UserError(self.env._("This list is confirmed already."))
        if not self.content:
            raise UserError(self.env._("Choose a file first."))
        self._club_check_size(len(self.content) * 3 // 4)  # before it is unpacked
        people = self._club_parse(base64.b64decode(self.content))
        record = self.sudo()  # the state changes by the buttons only
        record._club_forget()
        record._club_find(people)
        return record._club_open()

    def action_confirm(self):
        """Make the list an audience: of the campaign it was read in for, when there is one."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "read" or not self.member_count:
            raise UserError(self.env._("No member was found in this file. Read in another one."))
        self.sudo().state = "ready"  # the state changes by the buttons only
        campaign = self.env["loyalty.club.campaign"].browse(self.env.context.get("club_campaign_id")).exists()
        if campaign:
            campaign.write({"audience_kind": "file", "audience_file_id": self.id})
        return {"type": "ir.actions.act_window_close"}

    def _club_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Members from a file"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": self.env.context,
        }

    def _club_parse(self, content):
        """The rows of the file as ``Row``; ``UserError`` when it cannot be read at all."""
        self._club_check_size(len(content))
        try:
            people = list(read_people(read_rows(content, MOST_ROWS + 1), self.club_id.country_id.code))
        except TooManyRows:
            raise UserError(self.env._("The file has more than %s rows. Split it.", MOST_ROWS)) from None
        except ValueError as error:
            raise UserError(self.env._("The file cannot be read (%s). Save it as CSV or Excel (.xlsx).", error))
        if not people:
            raise UserError(self.env._("The file has no rows."))
        return people

    def _club_check_size(self, size):
        if size > MOST_BYTES:
            raise UserError(
                self.env._("The file is too large. Split it, or leave out the columns that are not needed.")
            )

    def _club_find(self, people):
        """Look the rows up, some thousand at once, and keep members and problems."""
        found, problems, doubles = set(), [], 0
        for start in range(0, len(people), AT_ONCE):
            chunk = people[start : start + AT_ONCE]
            members = {kind: self._club_look_up(kind, chunk) for kind in ("card", "mobile", "number")}
            for row in chunk:
                member = row.kind in members and members[row.kind].get(row.value)
                if not member:
                    problems.append((row.line, row.text, row.problem or f"unknown_{row.kind}"))
                elif member in found:
                    doubles += 1
                else:
                    found.add(member)
        self._club_keep(sorted(found), problems, doubles, len(people))

    def _club_look_up(self, kind, rows):
        """{card number, mobile or membership number: member id} of those who have not left."""
        values = tuple({row.value for row in rows if row.kind == kind})
        if not values:
            return {}
        column = {"card": SQL("c.number"), "mobile": SQL("m.mobile"), "number": SQL("m.number")}[kind]
        source = SQL("loyalty_club_member m")
        if kind == "card":
            source = SQL("loyalty_club_card c JOIN loyalty_club_member m ON m.id = c.member_id")
        self.env["loyalty.club.member"].flush_model()
        self.env["loyalty.club.card"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT %(column)s, m.id FROM %(source)s
                        WHERE %(column)s IN %(values)s AND m.club_id = %(club)s
                          AND m.state <> 'left' AND m.merged_into_id IS NULL""",
                    column=column,
                    source=source,
                    values=values,
                    club=self.club_id.id,
                )
            )
        )

    def _club_keep(self, member_ids, problems, doubles, rows):
        self.env.execute_query(
            SQL(
                """INSERT INTO loyalty_club_audience_file_member (file_id, member_id)
                   SELECT %s, unnest(%s::int[]) RETURNING file_id""",
                self.id,
                member_ids,
            )
        )
        self.invalidate_recordset(["member_ids"], flush=False)
        reasons = self._club_problem_texts()
        sheet = [("row", "text", "why"), *((str(line), text, reasons.get(why, why)) for line, text, why in problems)]
        self.write(
            {
                "state": "read",
                "row_count": rows,
                "member_count": len(member_ids),
                "double_count": doubles,
                "problem_count": len(problems),
                "problems": problems[:SHOWN],
                "problem_file": base64.b64encode(to_xlsx(sheet, (8, 40, 50))) if problems else False,
            }
        )

    @api.autovacuum
    def _gc_unconfirmed(self):
        oldest = fields.Datetime.now() - timedelta(days=DRAFT_DAYS)
        self.search([("state", "!=", "ready"), ("create_date", "<", oldest)]).unlink()
