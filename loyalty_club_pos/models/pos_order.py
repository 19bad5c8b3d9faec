"""Orders at the till: points are spent, earned and taken back in the transaction that saves the paid order, once.

Long because one class holds what happens to an order, in the order in which it happens.
"""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from math import isfinite

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.lives import last_day_of
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.addons.loyalty_club.rules.reward_cost import Refusal
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError

from .figures import is_tax_data
from .pos_order_hard import PAID

#: What a till says of ours: of an order, of its lines. Everything else that begins with ``club_`` is the server's.
FROM_TILL = {"club_offline", "club_proof", "club_codes", "club_discount_token"}
#: An order may have been begun so long ago, in days: at a till with network, at one without.
BEGUN = {False: 1, True: 31}


def _finite(value):
    """Whether all numbers in what a till sent are numbers."""
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_finite, value))
    return not isinstance(value, float) or isfinite(value)


class PosOrder(models.Model):
    _inherit = "pos.order"

    club_member_number = fields.Char(string="Membership number", readonly=True, copy=False)
    club_points_earned = fields.Float(string="Points earned", digits=(16, 3), readonly=True, copy=False)
    club_points_spent = fields.Float(string="Points spent", digits=(16, 3), readonly=True, copy=False)
    club_points_balance = fields.Float(string="Points balance", digits=(16, 3), readonly=True, copy=False)
    club_credit_earned = fields.Float(string="Credit loaded", digits=(16, 3), readonly=True, copy=False)
    club_credit_spent = fields.Float(string="Credit spent", digits=(16, 3), readonly=True, copy=False)
    club_credit_balance = fields.Float(string="Credit balance", digits=(16, 3), readonly=True, copy=False)
    club_credit_expiring = fields.Float(string="Credit that ends first", digits=(16, 3), readonly=True, copy=False)
    club_credit_expires_on = fields.Date(
        string="Its last day",
        readonly=True,
        copy=False,
        help="As it was when the order was paid; the receipt shows it.",
    )
    club_offline = fields.Boolean(
        string="Paid without network",
        copy=False,
        help="The till had no network when the customer paid; what is not covered becomes a debt.",
    )

    @api.model
    def sync_from_ui(self, orders):
        """Core edits the orders it is given. Odoo replays a request that two tills of one member made at once, and the
        replay must find them as the till sent them. A till sends all fields; what only the server says is left out."""
        if not _finite(orders):
            raise UserError(self.env._("The order has an amount that is no number. Make the order again."))
        # a till sends no defaults; whatever a caller's context says, it is none of what is made here
        context = {name: value for name, value in self.env.context.items() if not name.startswith("default_")}
        self = self.with_context(context)  # pylint: disable=context-overridden; it takes something away
        self._club_take_turns(orders)
        kept = deepcopy(orders)
        for order in kept:
            self._club_leave_out(order)
            for command in [*(order.get("lines") or ()), *(order.get("payment_ids") or ())]:
                if len(command) == 3 and isinstance(command[2], dict):
                    self._club_leave_out(command[2])
                    if not is_tax_data(command[2].get("extra_tax_data")):
                        raise UserError(self.env._("The taxes of the order cannot be read. Make the order again."))
        self._club_keep_codes(kept)
        return super().sync_from_ui(kept)

    @api.model
    def _club_leave_out(self, values):
        for name in [name for name in values if name.startswith("club_") and name not in FROM_TILL]:
            del values[name]

    @api.model_create_multi
    def create(self, vals_list):
        """A till says of a new order that it is paid. It is when the server has judged it, in ``write``."""
        for vals in vals_list:
            session = self.env["pos.session"].browse(vals.get("session_id") or ())
            if vals.get("state") == "paid" and session.config_id.sudo().club_id:  # whether there is one
                vals["state"] = "draft"
        return super().create(vals_list)

    def write(self, vals):
        """An order is judged before it becomes paid, by whatever path, and booked then: once."""
        self._club_refuse_change(vals)
        paying = self.filtered(lambda order: order.state not in PAID) if vals.get("state") in PAID else self.browse()
        concerned = paying.filtered(lambda order: order._club_begin())
        result = super().write(vals)
        for order in concerned:
            order._club_book()
        if vals.get("state") == "cancel":
            self._club_release_payments()
        return result

    def action_pos_order_paid(self):
        # PORT-20: re-read this method; later versions of Odoo book points on the server by themselves.
        result = super().action_pos_order_paid()
        if not self.config_id.sudo().club_id:  # goods of a club's order may come back at any till
            self._club_post_reversals(self.env["loyalty.club.branch"])
        return result

    def _club_begin(self):
        """Judge an order that is about to be paid; whether something of a club is to be booked for it.

        :raises UserError: it is not in order, and can still be refused
        """
        self.ensure_one()
        club = self.config_id.sudo().club_id  # cashiers don't read the ledger that their sales feed
        if not club:
            if self.payment_ids._club_payments():
                raise UserError(
                    self.env._("This till serves no customer club, so nothing can be paid with its credit.")
                )
            return False
        if not self._club_member() and not self._club_concerns_value():
            return False
        self._club_judge(club)
        return True

    def _club_member(self):
        """The customer as a member of the till's club, with the rights of the system; empty when they are none."""
        Member = self.env["loyalty.club.member"].sudo()  # cashiers don't read the ledger that their sales feed
        club = self.config_id.sudo().club_id
        return Member._club_of_partner(club, self.partner_id) if self.partner_id else Member

    def _club_book(self):
        """Book what this order spends, sells, takes back and earns, in the transaction that makes it paid.

        :raises UserError: a payment or reward is not covered or gives more than it may, and the order can still be
            refused
        """
        self.ensure_one()
        branch = self.config_id.sudo().club_branch_id  # cashiers don't read the ledger that their sales feed
        club, member = branch.club_id, self._club_member()
        # a bearer's card pays, and is bought, by anybody
        self._club_book_discounts(branch)
        spent = self._club_pay(club, branch, member)
        loaded = self._club_sell(club, branch, member)
        self._club_refuse_uncovered()
        self._club_look_at_settled()
        if member.state == "active":
            self._club_book_member(club, branch, member, spent, loaded)
        else:
            self._club_refuse_rewards(club, member)
            # the goods are back, so returns are booked all the same, whoever brings them
            self._club_post_reversals(branch)
        self._club_check_account()
        self._club_note_visit(member, branch)

    def _club_book_member(self, club, branch, member, spent, loaded):
        """Book the rewards and earnings of an active member.

        :param spent: {account id: Decimal} paid with stored value
        :param loaded: {account id: Decimal} of sold stored value
        """
        programs = (club.points_program_id | club.credit_program_id).filtered("pos_ok")
        accounts = member._club_accounts()
        cost = self._club_spend(member, programs & club.points_program_id, accounts, branch)
        taken_back, given_back = self._club_post_reversals(branch)
        earned = self._club_earn(member, programs, accounts, branch)
        balances = member._club_accounts()
        mine = {account_id: program_id for program_id, (account_id, _balance) in balances.items()}
        for totals, moved in ((cost, spent), (earned, loaded)):
            for account_id, amount in moved.items():
                if account_id in mine:
                    totals[mine[account_id]] = totals.get(mine[account_id], ZERO) + amount
        self._club_write_receipt(member, balances, cost, earned, taken_back, given_back)

    def _club_refuse_rewards(self, club, member):
        """Refuse an order that claims rewards and has no active member; one paid offline is noted instead."""
        claimed = self.lines.filtered(
            lambda line: line.reward_id.program_id.sudo().club_id == club and not line.refunded_orderline_id
        )
        if claimed - self.lines._club_paid_elsewhere():
            self._club_refuse_payment(
                self.env._("The membership %s is blocked. Take the reward off the order.", member.number)
                if member
                else self.env._(
                    "The customer is not a member of the club. Enrol the customer first, or remove the reward."
                )
            )

    def _club_note(self, kind, club, message, **values):
        return self.env["loyalty.club.exception"]._club_report(
            kind,
            club,
            message,
            origin_model=self._name,
            origin_id=self.id,
            branch_id=self.config_id.sudo().club_branch_id.id,
            **values,
        )

    def _club_movement(self, branch, **values):
        """A movement that this order causes in ``branch``, when it was paid; ``values`` complete it."""
        return Movement(
            branch_id=branch.id,
            occurred_at=self._club_at(),
            origin=(self._name, self.id),
            reason=self.name,
            **values,
        )

    def _club_at(self):
        """When this order was made, as the ledger believes it: a till's clock is not the server's.

        :return: ``date_order``; now, when that is still to come or was long ago
        """
        now = fields.Datetime.now()
        begun = self.date_order or now
        return begun if now - timedelta(days=BEGUN[self.club_offline]) <= begun <= now else now

    # -- spending ------------------------------------------------------------------------------------------------------

    def _club_spend(self, member, programs, accounts, branch):
        """Post what the claimed rewards cost; {program id: Decimal}."""
        spent = {}
        claimed = self.lines.reward_id.program_id & programs
        for program in claimed:
            account = self.env["loyalty.club.account"].sudo().browse(accounts.get(program.id, (False,))[0])
            available = (
                Decimal(str(account._club_usable_totals(self._club_at()).get(account.id, 0))) if account else ZERO
            )
            claims = self._club_claims(program, available)
            costs = [self._club_accepted_cost(claim, member, program) for claim in claims]
            cost = sum(costs, ZERO)
            if not cost:
                continue
            account = account or member._club_account(program)
            refusal = self.club_offline and self._club_offline_refusal(member.club_id, account, cost)
            if refusal:
                self._club_note("refused", member.club_id, refusal, member_id=member.id, amount=float(cost))
                continue
            rewards = self._club_reward_points([lines for lines, _answer in claims], costs)
            self._club_post_spending(member, program, account, cost, available, rewards, branch)
            spent[program.id] = cost
        return spent

    def _club_accepted_cost(self, claim, member, program):
        """Points for one claim. One that is not in order refuses the order, or is noted when it was paid offline."""
        lines, answer = claim
        if not isinstance(answer, Refusal):
            return answer.points
        message = self._club_refusal_message(answer, lines.reward_id[:1], member, program)
        if not self.club_offline:
            raise UserError(message)
        self._club_note("mismatch", member.club_id, message, member_id=member.id, amount=float(answer.need))
        return to_amount(max(0.0, sum(lines.mapped("points_cost"))), program._club_decimals())

    def _club_refusal_message(self, refusal, reward, member, program):
        if refusal.code == "not_enough_points":
            return self.env._(
                "%(name)s has %(have)s points to spend; the reward “%(reward)s” needs %(need)s. "
                "Take the reward off the order or lower it.",
                name=member.display_name,
                have=f"{refusal.have:f}",
                need=f"{refusal.need:f}",
                reward=reward.description,
            )
        return self.env._(
            "The reward “%(reward)s” gives %(need)s but may give %(have)s at most. "
            "Take it off the order and claim it again.",
            reward=reward.description,
            need=f"{refusal.need:f}",
            have=f"{refusal.have:f}",
        )

    def _club_post_spending(self, member, program, account, cost, available, rewards, branch):
        entry = self.env["loyalty.club.entry"]._club_post(
            [
                self._club_movement(
                    branch,
                    key=f"pos.order:{self.uuid}:redeem:{program.id}",
                    kind="redeem",
                    account_id=account.id,
                    amount=cost,
                    incoming=False,
                    counter="redeem",
                    allow_debt=self.club_offline,
                    details={"rewards": rewards, **(self._club_offline_details() if self.club_offline else {})},
                )
            ]
        )
        if cost > available:
            self._club_note(
                "debt",
                member.club_id,
                self.env._(
                    "%(member)s spent %(cost)s without network and had %(have)s.",
                    member=member.display_name,
                    cost=f"{cost:f}",
                    have=f"{available:f}",
                ),
                member_id=member.id,
                account_id=account.id,
                entry_id=entry.id,
                amount=float(cost - available),
            )

    # -- earning -------------------------------------------------------------------------------------------------------

    def _club_earn(self, member, programs, accounts, branch):
        """Post what the order earns; {program id: Decimal}. A failure is noted and never blocks the paid sale."""
        earned = {}
        movements = []
        try:
            lines = self.lines._club_scoring_lines()
            for program in programs.filtered(lambda p: p._club_runs(self._club_at().date())):
                score = self._club_score(program, lines, branch)
                if not score.points:
                    continue
                account_id = accounts[program.id][0] if program.id in accounts else member._club_account(program).id
                earned[program.id] = score.points
                movements.append(
                    self._club_movement(
                        branch,
                        key=f"pos.order:{self.uuid}:earn:{program.id}",
                        kind="earn",
                        account_id=account_id,
                        amount=score.points,
                        incoming=True,
                        counter="issue",
                        details=self._club_score_details(score),
                    )
                )
            self.env["loyalty.club.entry"]._club_post(movements)
        except UserError as error:
            self._club_note("refused", member.club_id, str(error), member_id=member.id)
            return {}
        return earned

    def _club_write_receipt(self, member, balances, spent, earned, taken_back, given_back):
        """Keep what the receipt and its reprints show: the ledger's figures of this order."""
        club = member.club_id
        values = {"club_member_number": member.number}
        for kind, program in (("points", club.points_program_id), ("credit", club.credit_program_id)):
            values[f"club_{kind}_earned"] = float(earned.get(program.id, ZERO) - taken_back.get(program.id, ZERO))
            values[f"club_{kind}_spent"] = float(spent.get(program.id, ZERO) - given_back.get(program.id, ZERO))
            values[f"club_{kind}_balance"] = float(balances.get(program.id, (0, ZERO))[1])
        if values["club_credit_balance"]:
            account = self.env["loyalty.club.account"].sudo().browse(balances[club.credit_program_id.id][0])
            amount, ends = account._club_next_expiry(self._club_at())
            values["club_credit_expiring"] = float(amount)
            values["club_credit_expires_on"] = ends and last_day_of(ends, club._club_zone())
        self.sudo().write(values)  # figures of the ledger, which the server alone writes

    def action_club_entries(self):
        """Open what this order booked in the ledger."""
        return self.env["loyalty.club.entry"]._club_action_of(self.name, (self._name, self.ids))
