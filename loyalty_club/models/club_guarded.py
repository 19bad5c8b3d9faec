"""Fields that only the server sets: what is declared read-only in Python is so for every caller, not on screens alone.

Odoo checks ``readonly`` in the browser only, and takes ``default_…`` of a context and the defaults that each user may
store for himself as values. Our own code writes such fields as superuser; no caller from outside is one.
"""

from odoo import api, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Command


class LoyaltyClubGuardedMixin(models.AbstractModel):
    """Stored fields that are ``readonly=True`` are set by the server.

    On a model of ours these are all of our fields, on a model of somebody else those that begin with ``club_``.
    """

    _name = "loyalty.club.guarded.mixin"
    _description = "Record With Fields That Only the Server Sets"

    @api.model
    @tools.ormcache()
    def _club_server_fields(self):
        """Names of the fields that only the server sets."""
        ours = self._name.startswith("loyalty.club")
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.store
            and field.readonly
            and (ours or name.startswith("club_"))
            and any(module.startswith("loyalty_club") for module in field._modules)
        )

    @api.model
    def default_get(self, fields):
        """Defaults of these fields are those of the code: no context and no stored default of a user names them."""
        server = self._club_server_fields()
        values = super().default_get([name for name in fields if name not in server])
        for name in server.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                values[name] = field.convert_to_write(value, self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        """What callers send for these fields is left out: forms, files and copies send all fields in good faith, and
        the record begins as the server begins it."""
        if not self.env.su:
            vals_list = [self._club_without_server_fields(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        """A change of these fields is refused; the value that is there already may be sent."""
        if not self.env.su:
            sent = self._club_server_fields().intersection(vals)
            if sent:
                self._club_refuse_server_fields(vals, sent)
                vals = {name: value for name, value in vals.items() if name not in sent}
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        if not self.env.su and field_name in self._club_server_fields():
            self._club_refuse_fields([field_name])
        return super()._update_field_translations(field_name, translations, digest=digest, source_lang=source_lang)

    def copy_data(self, default=None):
        """A copy begins as a new record does; what the code names is kept."""
        server = self._club_server_fields() - set(default or ())
        return [
            vals and {name: value for name, value in vals.items() if name not in server}
            for vals in super().copy_data(default)
        ]

    def _club_refuse_server_fields(self, vals, sent):
        """Refuse what differs from what is there.

        :param sent: names of those of ``vals`` that only the server sets
        """
        records = self.sudo()  # what is there now, to compare
        changed = sorted(name for name in sent if any(_differs(record, name, vals[name]) for record in records))
        if changed:
            self._club_refuse_fields(changed)

    def _club_refuse_fields(self, names):
        labels = self.sudo().fields_get(names, ["string"])  # what they are called
        raise AccessError(
            self.env._(
                "%(fields)s of “%(document)s” are set by the club itself. Use the buttons to change them.",
                fields=", ".join(labels[name]["string"] for name in names),
                document=self._description,
            )
        )

    @api.model
    def _club_without_server_fields(self, vals):
        """``vals`` as a caller may send them, for flows in which callers send all fields."""
        server = self._club_server_fields()
        return vals if server.isdisjoint(vals) else {name: vals[name] for name in vals if name not in server}

    @api.model
    def _club_create(self, vals_list):
        """Create records with fields that only the server sets, within what the caller may create."""
        self.check_access("create")
        made = self.sudo().create(vals_list).with_env(self.env)  # the fields are the server's, the rights the caller's
        made.check_access("create")
        return made


def _differs(record, name, value):
    """Whether writing ``value`` would change the field."""
    field = record._fields[name]
    if field.type in ("one2many", "many2many"):
        ids = set(record[name].ids)
        return any(not _keeps(ids, command) for command in value or ())
    return field.convert_to_cache(value, record, validate=False) != field.convert_to_cache(record[name], record)


def _keeps(ids, command):
    """Whether a command leaves a relation with ``ids`` as it is; an id alone stands for a link."""
    if isinstance(command, int):
        return command in ids
    if command[0] == Command.LINK:
        return command[1] in ids
    return command[0] == Command.SET and set(command[2]) == ids
