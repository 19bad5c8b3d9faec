"""Orders at the till: points are spent, earned and taken back in the transaction that saves the paid order, once."""

from copy import deepcopy
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.loyalty_club.rules.lives import last_day_of
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.addons.loyalty_club.rules.reward_cost import Refusal
from odoo.addons.loyalty_club.tools.amount import to_amount
from odoo.exceptions import UserError

#: What the receipt shows; only the server writes it.
RECEIPT = (
    "club_member_number",
    *(f"club_{kind}_{what}" for kind in ("points", "credit") for what in ("earned", "spent", "balance")),
    "club_credit_expiring",
    "club_credit_expires_on",
)


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
        replay must find them as the till sent them. A till sends all fields; the receipt shows the ledger's figures."""
        kept = deepcopy(orders)
        for order in kept:
            for name in RECEIPT:
                order.pop(name, None)
        self._club_keep_codes(kept)
        return super().sync_from_ui(kept)

    def action_pos_order_paid(self):
        # PORT-20: re-read this method; later versions of Odoo book points on the server by themselves.
        result = super().action_pos_order_paid()
        self._club_book()
        return result

    def _club_book(self):
        """Book what this paid order spends, sells, takes back and earns. Safe to call again: every entry has a key.

        :raises UserError: a payment or reward is not covered or gives more than it may, and the order can still be
            refused
        """
        self.ensure_one()
        config = self.config_id.sudo()  # cashiers don't read the ledger that their sales feed
        branch, club = config.club_branch_id, config.club_id
        if not club:
            if self.payment_ids._club_payments():
                raise UserError(
                    self.env._("This till serves no customer club, so nothing can be paid with its credit.")
                )
            return
        Member = self.env["loyalty.club.member"].sudo()
        member = Member._club_of_partner(club, self.partner_id) if self.partner_id else Member
        # a bearer's card pays, and is bought, by anybody
        self._club_book_discounts(branch)
        spent = self._club_pay(club, branch, member)
        loaded = self._club_sell(club, branch, member)
        self._club_refuse_uncovered()
        self._club_look_at_settled()
        if self.partner_id:
            self._club_book_member(club, branch, member, spent, loaded)

    def _club_book_member(self, club, branch, member, spent, loaded):
        """Book the rewards and earnings of the customer.

        :param spent: {account id: Decimal} paid with stored value
        :param loaded: {account id: Decimal} of sold stored value
        """
        programs = (club.points_program_id | club.credit_program_id).filtered("pos_ok")
        if not member:
            self._club_refuse_rewards(
                programs,
                self.env._("The customer is not a member of the club. Join him first, or take the reward off."),
            )
            return
        if member.state != "active":
            self._club_refuse_rewards(
                programs, self.env._("The membership %s is blocked. Take the reward off the order.", member.number)
            )
            # the goods are back, so a blocked member's returns are booked all the same
            self._club_post_reversals(member, branch)
            return
        accounts = member._club_accounts()
        cost = self._club_spend(member, programs & club.points_program_id, accounts, branch)
        taken_back, given_back = self._club_post_reversals(member, branch)
        earned = self._club_earn(member, programs, accounts, branch)
        balances = member._club_accounts()
        mine = {account_id: program_id for program_id, (account_id, _balance) in balances.items()}
        for totals, moved in ((cost, spent), (earned, loaded)):
            for account_id, amount in moved.items():
                if account_id in mine:
                    totals[mine[account_id]] = totals.get(mine[account_id], ZERO) + amount
        self._club_write_receipt(member, balances, cost, earned, taken_back, given_back)

    def _club_refuse_rewards(self, programs, message):
        """Refuse an order that claims rewards it must not have; one paid offline is noted instead."""
        lines = self.lines.filtered(lambda line: line.reward_id.program_id in programs and line.qty > 0)
        if lines and not self.club_offline:
            raise UserError(message)
        if lines:
            self._club_note("refused", programs[:1].sudo().club_id, message)

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
            occurred_at=self.date_order,
            origin=(self._name, self.id),
            reason=self.name,
            **values,
        )

    # -- spending ------------------------------------------------------------------------------------------------------

    def _club_spend(self, member, programs, accounts, branch):
        """Post what the claimed rewards cost; {program id: Decimal}."""
        spent = {}
        claimed = self.lines.reward_id.program_id & programs
        for program in claimed:
            account = self.env["loyalty.club.account"].sudo().browse(accounts.get(program.id, (False,))[0])
            available = (
                Decimal(str(account._club_usable_totals(self.date_order).get(account.id, 0))) if account else ZERO
            )
            claims = self._club_claims(program, available)
            costs = [self._club_accepted_cost(claim, member, program) for claim in claims]
            cost = sum(costs, ZERO)
            if not cost:
                continue
            account = account or member._club_account(program)
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
                    details={"rewards": rewards},
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
            for program in programs.filtered(lambda p: p._club_runs(self.date_order.date())):
                score = self._club_score(program, branch)
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
            amount, ends = account._club_next_expiry(self.date_order)
            values["club_credit_expiring"] = float(amount)
            values["club_credit_expires_on"] = ends and last_day_of(ends, club._club_zone())
        self.write(values)

    def action_club_entries(self):
        """Open what this order booked in the ledger."""
        return self.env["loyalty.club.entry"]._club_action_of(self.name, (self._name, self.ids))
