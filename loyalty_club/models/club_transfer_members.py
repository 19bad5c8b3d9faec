"""Transfers between members: within the club's limits, with issuers and lives, undone while nothing of it is spent."""

from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..rules.lots import Lot, Shortage, plan_outgoing
from ..rules.movement import Movement, NewLot
from ..rules.transfers import fee_of, refusal
from ..tools.amount import to_amount

#: Written by the buttons only.
BOOKED = ("state", "fee", "done_at", "done_by_id", "out_entry_id", "in_entry_id", "fee_entry_id", "reversed_by_id")
FROZEN = {"club_id", "from_member_id", "to_member_id", "value", "amount", "reason", "channel"}


class LoyaltyClubTransfer(models.Model):
    _name = "loyalty.club.transfer"
    _inherit = ["mail.thread", "loyalty.club.guarded.mixin"]
    _description = "Transfer to a Member"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    club_id = fields.Many2one(related="from_member_id.club_id", store=True, index=True)
    from_member_id = fields.Many2one(
        comodel_name="loyalty.club.member", string="From", required=True, index=True, ondelete="restrict"
    )
    to_member_id = fields.Many2one(
        comodel_name="loyalty.club.member",
        string="To",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('club_id', '=', club_id), ('id', '!=', from_member_id), ('state', '=', 'active')]",
    )
    value = fields.Selection(
        selection=[("points", "Points"), ("credit", "Credit")], required=True, default="points", string="What"
    )
    amount = fields.Float(required=True, digits=(16, 3))
    fee = fields.Float(readonly=True, copy=False, digits=(16, 3), help="Paid by the sender, on top.")
    reason = fields.Char(string="Note", help="Both members read it on their statements.")
    channel = fields.Selection(
        selection=[("backoffice", "Back office"), ("portal", "Portal")], default="backoffice", readonly=True
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("done", "Done"), ("reversed", "Reversed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    available = fields.Float(compute="_compute_preview", digits=(16, 3), string="The sender can spend")
    consequence = fields.Char(compute="_compute_preview", string="What happens")
    done_at = fields.Datetime(readonly=True, copy=False)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    reversed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    out_entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True, copy=False)
    in_entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True, copy=False)
    fee_entry_id = fields.Many2one(comodel_name="loyalty.club.entry", readonly=True, copy=False)

    def _compute_name(self):
        for transfer in self:
            transfer.name = self.env._("Transfer %s", transfer.id or "")

    @api.depends("from_member_id", "to_member_id", "value", "amount", "state")
    def _compute_preview(self):
        for transfer in self:
            program = transfer.club_id and transfer.club_id.sudo()._club_program(transfer.value)
            account = transfer.from_member_id._origin._club_account(program, create=False) if program else False
            transfer.available = account.available if account else 0.0
            transfer.consequence = False
            if account and transfer.to_member_id and transfer.amount > 0 and transfer.state == "draft":
                amount = to_amount(transfer.amount, program._club_decimals())
                transfer.consequence = self.env._(
                    "%(to)s gets %(amount)s at once, with the last days that it has. %(sender)s pays a fee of %(fee)s.",
                    to=transfer.to_member_id.display_name,
                    amount=account._club_format(amount),
                    sender=transfer.from_member_id.display_name,
                    fee=account._club_format(fee_of(program._club_transfer_limits(), amount)),
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{name: value for name, value in vals.items() if name not in BOOKED} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & set(vals) and self.filtered(lambda transfer: transfer.state != "draft"):
            raise UserError(self.env._("A transfer is not changed once it was made. Reverse it and make another one."))
        if set(BOOKED) & set(vals) and not self.env.su:
            raise AccessError(self.env._("Use the buttons to make or reverse a transfer."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if self.filtered(lambda transfer: transfer.state != "draft"):
            raise UserError(self.env._("A transfer that was made is never deleted. Reverse it instead."))

    # -- making it -----------------------------------------------------------------------------------------------------

    def action_transfer(self):
        """Move the amount now."""
        self.check_access("write")
        for transfer in self.filtered(lambda transfer: transfer.state == "draft"):
            transfer.sudo()._club_make()  # officers may not post; what follows is checked there

    def _club_make(self, proof=None):
        """Check and book a draft; all of it or nothing.

        :param proof: key of the sender's proof for spending, or None
        :raises UserError: who, how much or how often is not allowed; what can be done about it
        """
        self.ensure_one()
        program = self.club_id._club_program(self.value)
        self._club_check_members(program)
        limits = program._club_transfer_limits()
        amount = to_amount(self.amount, limits.digits)
        if amount <= 0:
            raise UserError(self.env._("Enter an amount above zero."))
        source = self.from_member_id._club_account(program)
        target = self.to_member_id._club_account(program)
        Entry = self.env["loyalty.club.entry"]
        self.env.flush_all()
        held = Entry._club_lock(sorted([source.id, target.id]))[source.id]["held"]
        self._club_check_limits(limits, amount, source)
        fee = fee_of(limits, amount)
        missing = source._club_refusal(amount, None, None) or (
            self.channel == "portal" and source._club_proof_missing(amount + fee, f"transfer:{self.id}", proof)
        )
        if missing:
            raise UserError(missing)
        entries = Entry._club_post(self._club_movements(source, target, amount, fee, held))
        self.write(
            {
                "state": "done",
                "fee": float(fee),
                "done_at": fields.Datetime.now(),
                "done_by_id": self.env.uid,
                "out_entry_id": entries[0].id,
                "in_entry_id": entries[1].id,
                "fee_entry_id": entries[2].id if fee else False,
            }
        )
        sender = self.from_member_id._club_masked_name()  # as the receiver's statement has it
        entries[1]._club_tell_received(reason=self.reason or "", sender=sender)

    def _club_check_members(self, program):
        sender, receiver = self.from_member_id, self.to_member_id
        if not program:
            raise UserError(self.env._("The club has no program for this."))
        if sender == receiver or sender.partner_id == receiver.partner_id:
            raise UserError(self.env._("Sender and receiver are the same person. Choose another member."))
        if sender.club_id != receiver.club_id:
            raise UserError(self.env._("The receiver belongs to another club. Choose a member of the same club."))
        for member in sender, receiver:
            if member.state != "active":
                raise UserError(self.env._("The membership %s is not active, so nothing moves.", member.number))

    def _club_check_limits(self, limits, amount, source):
        count, done = self._club_done_today()
        code = refusal(limits, amount, count, done)
        if code:
            messages = {
                "not_allowed": self.env._("The club does not allow transfers of this kind."),
                "too_many": self.env._("%s transfers a day are allowed. Try again tomorrow.", limits.count),
                "too_much": self.env._(
                    "%(limit)s a day can be transferred; %(done)s were today.",
                    limit=source._club_format(limits.amount),
                    done=source._club_format(done),
                ),
            }
            raise UserError(messages[code])

    def _club_done_today(self):
        """(number, amount as Decimal) of what the sender transferred today, undone transfers left out."""
        since = self.club_id._club_end_of(self.club_id._club_today() - timedelta(days=1))
        done = self.search(
            [
                ("from_member_id", "=", self.from_member_id.id),
                ("value", "=", self.value),
                ("state", "=", "done"),
                ("done_at", ">=", since),
            ]
        )
        return len(done), sum((to_amount(transfer.amount, 3) for transfer in done), Decimal(0))

    def _club_movements(self, source, target, amount, fee, held):
        """Out of the sender's usable lots, into lots of the receiver with the same issuers and lives, and the fee."""
        lots = self._club_lots_to_move(source, amount, fee, held)
        key = f"transfer:{self.id}"
        common = {"kind": "transfer", "counter": "transfer", "origin": (self._name, self.id)}
        out = {**common, "account_id": source.id, "incoming": False}
        movements = [
            Movement(
                key=f"{key}:out",
                amount=amount,
                exact=True,
                lots=tuple((lot.origin_lot_id, lot.amount) for lot in lots),
                reason=self.env._("To %s", self._club_who(self.to_member_id)),
                **out,
            ),
            Movement(
                key=f"{key}:in",
                account_id=target.id,
                amount=amount,
                incoming=True,
                new_lots=tuple(lots),
                reason=self.env._("From %s", self._club_who(self.from_member_id)),
                **common,
            ),
        ]
        if fee:
            out.update(kind="fee", counter="fee", reason=self.env._("Fee of a transfer"))
            movements.append(Movement(key=f"{key}:fee", amount=fee, **out))
        return movements

    def _club_lots_to_move(self, source, amount, fee, held):
        """The receiver's new lots; each names the sender's lot that it comes from."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, amount::text, remaining::text, usable_from, expires_at, branch_id, idle_days
                     FROM loyalty_club_lot WHERE account_id = %s AND remaining > 0""",
                source.id,
            )
        )
        lots = {row[0]: Lot(row[0], Decimal(row[1]), Decimal(row[2]), *row[3:6]) for row in rows}
        idle = {row[0]: row[6] for row in rows}
        now = fields.Datetime.now()
        enough = plan_outgoing(amount + fee, list(lots.values()), now, held=held)
        if isinstance(enough, Shortage):
            raise UserError(
                self.env._(
                    "%(who)s can spend %(available)s; %(needed)s are needed with the fee.",
                    who=self.from_member_id.display_name,
                    available=source._club_format(enough.available),
                    needed=source._club_format(enough.needed),
                )
            )
        moved = [(lots[leg.lot_id], leg.amount) for leg in plan_outgoing(amount, list(lots.values()), now, held=held)]
        return [
            NewLot(part, lot.branch_id, lot.usable_from, lot.expires_at, lot.id, idle[lot.id]) for lot, part in moved
        ]

    def _club_who(self, member):
        """How the other side reads who it was: number, masked name, and what was noted."""
        return " · ".join(filter(None, [member.number, member._club_masked_name(), self.reason]))

    # -- undoing it ----------------------------------------------------------------------------------------------------

    def action_reverse(self):
        """Give the very lots back, with the fee, while the receiver has spent nothing of them."""
        if not self.env.user.has_group("loyalty_club.group_club_manager"):
            raise AccessError(self.env._("Only a club manager reverses transfers."))
        self.check_access("write")
        for transfer in self.filtered(lambda transfer: transfer.state == "done"):
            transfer.sudo()._club_unmake()  # managers may not post by themselves

    def _club_unmake(self):
        self.ensure_one()
        self.env["loyalty.club.entry"]._club_lock(
            sorted((self.out_entry_id.account_id | self.in_entry_id.account_id).ids)
        )
        lots = self.in_entry_id.lot_ids
        lots.invalidate_recordset()
        if any(lot.remaining != lot.amount for lot in lots) or sum(lots.mapped("amount")) != self.amount:
            raise UserError(
                self.env._("%s has used part of it already, so it can't be reversed.", self.to_member_id.display_name)
            )
        reason = self.env._("Transfer reversed")
        key = f"transfer:{self.id}:undo"
        movements = [
            self.in_entry_id._club_reversal(f"{key}-in", reason=reason, exact=True),
            self.out_entry_id._club_reversal(f"{key}-out", reason=reason),
        ]
        if self.fee_entry_id:
            movements.append(self.fee_entry_id._club_reversal(f"{key}-fee", reason=reason))
        self.env["loyalty.club.entry"]._club_post(movements)
        self.write({"state": "reversed", "reversed_by_id": self.env.uid})
