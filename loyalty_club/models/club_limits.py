"""Limits of what one person may do: a lower one holds at once, a higher one a day later, when others have seen it.

Who may raise a limit could otherwise raise it, do what it forbids, and put it back.
"""

from datetime import timedelta

from odoo import fields, models

#: How long the limit before it stays in force.
WAIT = timedelta(hours=24)


class LoyaltyClubLimitsMixin(models.AbstractModel):
    """A record with limits. ``_club_limit`` says which one is in force; nobody reads the fields for that."""

    _name = "loyalty.club.limits.mixin"
    _description = "Record With Limits"

    club_limits_raised = fields.Json(
        readonly=True, copy=False, help="{limit: {value that is in force, until, by whom it was raised}}"
    )
    club_limits_note = fields.Char(compute="_compute_club_limits_note")

    def _club_limits(self):
        """{name of a limit: whether 0 means that there is none}."""
        return {}

    def _club_limit_club(self):
        """The club that the limits are of."""
        raise NotImplementedError

    def _club_limit(self, name):
        """The limit that is in force now, as its field has it; that of no club at all is nothing."""
        record = self.sudo()  # who is limited need not read where the limit stands
        held = record._club_limits_held().get(name)
        return held["value"] if held else record[name]

    def _club_limits_held(self):
        """Of ``club_limits_raised`` what still waits."""
        now = fields.Datetime.now()
        raised = self.club_limits_raised or {}
        return {name: held for name, held in raised.items() if fields.Datetime.to_datetime(held["until"]) > now}

    def _club_raised_by(self, user):
        """Whether ``user`` raised one of these limits within the last day."""
        return any(user.id in held["by"] for record in self.sudo() for held in record._club_limits_held().values())

    def _compute_club_limits_note(self):
        for record in self:
            texts = [
                self.env._(
                    "“%(limit)s”: %(value)s until %(until)s",
                    limit=record._fields[name]._description_string(self.env),
                    value=f"{held['value']:g}",
                    until=fields.Datetime.context_timestamp(
                        record, fields.Datetime.to_datetime(held["until"])
                    ).strftime("%Y-%m-%d %H:%M"),
                )
                for name, held in sorted(record.sudo()._club_limits_held().items())
            ]
            record.club_limits_note = " · ".join(texts)

    def write(self, vals):
        before = [
            (record, name, record[name], record._club_limit(name))
            for record in self
            for name in sorted(record._club_limits().keys() & vals.keys())
        ]
        result = super().write(vals)
        for record, name, was, in_force in before:
            if record[name] != was:
                record._club_hold_back(name, in_force)
        return result

    def _club_hold_back(self, name, in_force):
        """A limit was changed: keep the one that is ``in_force`` for a day when the new one lets more through.

        Settings that the server itself writes, as when it is set up, hold at once.
        """
        record = self.sudo()  # nobody writes this field himself
        raised = dict(record.club_limits_raised or {})
        held = raised.pop(name, None)
        if not self.env.su and _wider(record[name], in_force, self._club_limits()[name]):
            by = {self.env.uid, *(held["by"] if held else ())}
            until = fields.Datetime.to_string(fields.Datetime.now() + WAIT)
            raised[name] = {"value": in_force, "until": until, "by": sorted(by)}
            self._club_limit_club()._club_signal_raised(record, name, in_force)
        record.club_limits_raised = raised or False


def _wider(new, old, zero_is_none):
    """Whether the limit ``new`` lets more through than ``old``."""
    if zero_is_none and not (new and old):
        return not new and bool(old)
    return new > old
