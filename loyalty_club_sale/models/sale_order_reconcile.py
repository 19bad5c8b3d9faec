"""Reconciling: the ledger is brought to what each order should have earned and spent, by the difference alone.

Nothing here remembers what happened. Whatever walk an order took, the same order ends at the same ledger; calling it
twice posts nothing the second time. A race for one account is decided by the door's lock.
"""

from collections import defaultdict

from odoo import models
from odoo.addons.loyalty_club.rules.lots import ZERO
from odoo.addons.loyalty_club.rules.movement import Movement
from odoo.exceptions import UserError
from odoo.tools import SQL

from .sale_order_booked import EARNED, LOADED, SPENT

#: Points given back can be spent again at once, and points that go away are gone before anything is spent.
ORDER = ("give_back", "take_back", "spend", "earn")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _club_reconcile(self):
        """Post what these orders earned, spent, gave back and lost since the last look.

        :raises UserError: a reward is to be paid with points that are not there, or by somebody who may not
        """
        self.env.flush_all()
        self._club_unmark()
        self._club_settle_discounts()
        orders = self.sudo()  # whoever sells, delivers or invoices moves points by it, without any right on the ledger
        booked = orders._club_booked()
        orders = orders.filtered(lambda order: order.id in booked or order._club_is_followed())
        if not orders:
            return
        targets = orders._club_targets()
        steps = defaultdict(list)
        for order in orders:
            order._club_plan(booked.get(order.id, []), targets[order], steps)
        movements = [movement for step in ORDER for movement in steps[step]]
        if movements:
            entries = self.env["loyalty.club.entry"]._club_post(movements)
            orders._club_report_debts(entries.filtered(lambda entry: entry.reversal_of_id))
            orders.invalidate_recordset(["loyalty_data"], flush=False)
        orders._club_settle_cards()

    def _club_is_followed(self):
        self.ensure_one()
        # what was sold and paid stays the customer's on a cancelled order, until its invoice is credited
        return self.state in ("sale", "cancel") and self._club_was_followed()

    def _club_was_followed(self):
        """Whether this order was confirmed since a club came."""
        self.ensure_one()
        return bool((self.sudo().club_score or {}).get("followed"))  # the field is for the system alone

    # -- what it should hold -------------------------------------------------------------------------------------------

    def _club_targets(self):
        """{order: {(side, account id): (Decimal, member)}}.

        Of a cancelled order, or one that is a quotation again, what its invoices say alone: sold and paid, or claimed.
        """
        targets = {order: {} for order in self}
        bills = self.order_line._club_bills()
        for (order, account), amount in self._club_loads(bills).items():
            targets[order][LOADED, account.id] = amount, account.member_id
        for (order, account), amount in self._club_account_costs(bills).items():
            targets[order][SPENT, account.id] = amount, account.member_id
        confirmed = self.filtered(lambda order: order.state == "sale")
        if not confirmed:
            return targets
        programs = confirmed._club_programs()
        members = confirmed._club_members(self.env["loyalty.program"].union(*programs.values()).club_id)
        earned = {
            (order, members[order][program.club_id], program): amount
            for order in confirmed
            # what strangers' orders are worth is kept too: they may join later
            for program, amount in order._club_due(programs[order], bills).items()
            if program.club_id in members[order] and amount
        }
        accounts = self._club_member_accounts({key[1:] for key in earned})
        for (order, member, program), amount in earned.items():
            targets[order][EARNED, accounts[member, program]] = amount, member
        return targets

    def _club_member_accounts(self, wanted):
        """{(member, program): account id}, made for those that have none, all in a few queries."""
        if not wanted:
            return {}
        Account = self.env["loyalty.club.account"].sudo()  # accounts come with the first real movement
        members = self.env["loyalty.club.member"].union(*(member for member, _program in wanted))
        accounts = {
            (account.member_id, account.program_id): account.id
            for account in Account.search([("member_id", "in", members.ids), ("kind", "in", ("points", "credit"))])
        }
        missing = sorted((pair for pair in wanted if pair not in accounts), key=lambda pair: (pair[0].id, pair[1].id))
        if missing:
            cards = self._club_first_cards(missing)
            made = Account._club_for_cards(self.env["loyalty.card"].sudo().union(*cards.values()))
            accounts.update((pair, made[card.id]) for pair, card in cards.items())
        return accounts

    def _club_first_cards(self, pairs):
        """{(member, program): core card}, the oldest one of each or a new one."""
        Card = self.env["loyalty.card"].sudo()  # the card of an account, made with its first movement
        found = Card.search(
            [
                ("program_id", "in", [program.id for _member, program in pairs]),
                ("partner_id", "in", [member.partner_id.id for member, _program in pairs]),
            ],
            order="id desc",
        )
        cards = {(card.partner_id, card.program_id): card for card in found}
        new = [pair for pair in pairs if (pair[0].partner_id, pair[1]) not in cards]
        created = Card.with_context(mail_create_nolog=True, mail_create_nosubscribe=True).create(
            [{"program_id": program.id, "partner_id": member.partner_id.id, "points": 0} for member, program in new]
        )
        cards.update(((card.partner_id, card.program_id), card) for card in created)
        return {(member, program): cards[member.partner_id, program] for member, program in pairs}

    def _club_account_costs(self, bills, confirmed=("sale",)):
        """{(order, account): Decimal} of the rewards on these orders; see ``_club_costs``."""
        costs = {key: cost for key, cost in self._club_costs(bills, confirmed).items() if cost}
        if not costs:
            return {}
        cards = self.env["loyalty.card"].sudo().union(*(card for _order, card in costs))
        accounts = self.env["loyalty.club.account"].sudo()._club_for_cards(cards)
        totals = defaultdict(lambda: ZERO)
        for (order, card), cost in costs.items():
            totals[order, self.env["loyalty.club.account"].sudo().browse(accounts[card.id])] += cost
        return totals

    # -- the difference ------------------------------------------------------------------------------------------------

    def _club_plan(self, booked, target, steps):
        """Add the movements that bring the ledger to ``target`` to ``steps``."""
        self.ensure_one()
        held = defaultdict(lambda: ZERO)
        for row in booked:
            held[row.side, row.account_id] += -row.amount if row.side == SPENT else row.amount
        count = len(booked)
        for side, account_id in sorted(set(held) | set(target)):
            amount, member = target.get((side, account_id), (ZERO, None))
            change = amount - held[side, account_id]
            if change < 0:
                rows = [row for row in booked if (row.side, row.account_id) == (side, account_id) and row.left > 0]
                movements = self._club_undo(rows, -change, count)
                steps["give_back" if side == SPENT else "take_back"] += movements
                count += len(movements)
            elif change > 0 and self._club_may(side, self.env["loyalty.club.account"].browse(account_id), member):
                steps["spend" if side == SPENT else "earn"].append(self._club_new(side, account_id, change, count))
                count += 1

    def _club_may(self, side, account, member):
        """Whether more may be earned or spent now.

        :raises UserError: a blocked member is to spend, or somebody else than the customer
        """
        if side == LOADED:
            return True  # it is his money, whatever became of the membership
        active = not member or member.state == "active"
        if side == EARNED:
            return active
        if not active:
            raise UserError(
                self.env._(
                    "%(order)s: the membership %(number)s is not active and cannot spend. Take the reward off.",
                    order=self.name,
                    number=member.number,
                )
            )
        owner = account.card_id.partner_id
        if owner and owner not in (self.partner_id | self.partner_id.commercial_partner_id):
            raise UserError(
                self.env._(
                    "%(order)s: the reward is paid by %(owner)s, who is not the customer. Take it off the order.",
                    order=self.name,
                    owner=owner.display_name,
                )
            )
        return True

    def _club_new(self, side, account_id, amount, count):
        account = self.env["loyalty.club.account"].browse(account_id)
        program = account.program_id
        branch = self.club_branch_id
        weights = self._club_frozen().get(str(program.id)) if side == EARNED else None
        return Movement(
            key=f"sale.order:{self.id}:{program.id}:{count}",
            kind={EARNED: "earn", LOADED: "load", SPENT: "redeem"}[side],
            account_id=account_id,
            amount=amount,
            incoming=side != SPENT,
            counter="redeem" if side == SPENT else "issue",
            branch_id=branch.id if branch.club_id == account.club_id else None,
            origin=(self._name, self.id),
            reason=self.name,
            documented=side == LOADED,
            details={"weights": weights} if weights else None,
        )

    def _club_undo(self, rows, amount, count):
        """Movements that undo ``amount`` of these entries, the last one first, from and to the very lots they used."""
        movements = []
        Entry = self.env["loyalty.club.entry"]
        lots = Entry.browse([row.entry_id for row in rows])._club_lots_left()
        for row in reversed(rows):
            part = min(amount, row.left)
            if part <= 0:
                break
            amount -= part
            movement = Movement(
                key=f"sale.order:{self.id}:{row.program_id}:{count + len(movements)}",
                kind="reverse",
                account_id=row.account_id,
                amount=part,
                incoming=row.side == SPENT,
                counter="redeem" if row.side == SPENT else "issue",
                branch_id=row.branch_id,
                lots=tuple(lots[row.entry_id]),
                allow_debt=row.side != SPENT,
                documented=row.side == LOADED,
                origin=(self._name, self.id),
                reason=self._club_undo_reason(),
                reversal_of=row.entry_id,
            )
            movements.append(movement if row.booked_on == row.account_id else Entry._club_follow_merge(movement))
        return movements

    def _club_undo_reason(self):
        if self.state == "sale":
            return self.env._("%s: changed, returned or credited", self.name)
        return self.env._("%s: cancelled", self.name)

    # -- what follows --------------------------------------------------------------------------------------------------

    def _club_report_debts(self, entries):
        """Points taken back that were spent already: a debt, and somebody looks at it."""
        if not entries:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT entry_id, account_id, SUM(amount) FROM loyalty_club_posting
                    WHERE entry_id = ANY(%s) AND lot_id IS NULL AND from_account_id = account_id GROUP BY 1, 2""",
                entries.ids,
            )
        )
        for entry_id, account_id, amount in rows:
            entry = self.env["loyalty.club.entry"].browse(entry_id)
            account = self.env["loyalty.club.account"].browse(account_id)
            self.env["loyalty.club.exception"]._club_report(
                "debt",
                account.club_id,
                self.env._(
                    "%(reason)s. %(amount)s were spent already and are owed now.",
                    reason=entry.reason,
                    amount=account._club_format(amount),
                ),
                account_id=account.id,
                member_id=account.member_id.id,
                branch_id=entry.branch_id.id,
                entry_id=entry.id,
                origin_model=entry.origin_model,
                origin_id=entry.origin_id,
                amount=float(amount),
            )
