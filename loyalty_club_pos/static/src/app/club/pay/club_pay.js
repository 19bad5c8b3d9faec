/** Pay: balance, what can be spent, the amount, what is left after; for cards first the code. */

import {Component, onMounted, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {Dialog} from "@web/core/dialog/dialog";
import {useService} from "@web/core/utils/hooks";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {askProof} from "@loyalty_club_pos/app/club/pay/ask_proof";
import {ticketOf} from "@loyalty_club_pos/app/club/pay/ticket";
import {creditProgram} from "@loyalty_club_pos/app/club/programs";
import {lastFour} from "@loyalty_club_pos/app/club/rules/gift_code";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";
import {money, mostPayable, readAmount, units} from "@loyalty_club_pos/app/club/rules/pay";
import {roundFigures} from "@loyalty_club_pos/app/club/rules/spend";

export class ClubPay extends Component {
    static template = "loyalty_club_pos.ClubPay";
    static components = {Dialog};
    static props = {
        order: Object,
        /** credit, gift or prepaid */
        kind: String,
        title: String,
        due: Number,
        /** what may be paid at most: no stored value buys stored value */
        limit: Number,
        start: Function,
        getPayload: Function,
        close: Function,
    };

    setup() {
        this.pos = usePos();
        this.desk = useService("club_desk");
        this.codeInput = useRef("code");
        this.amountInput = useRef("amount");
        this.state = useState({
            code: "",
            pin: "",
            busy: false,
            message: false,
            /** {who, balance, available} */
            found: false,
            typed: "",
        });
        const scan = ({code}) => this.onScan(code);
        useBarcodeReader({product: scan, coupon: scan, club_card: scan, error: scan}, true);
        useEffect(
            (found) => (found ? this.amountInput : this.codeInput).el?.select(),
            () => [Boolean(this.state.found)]
        );
        onMounted(() => this.isCredit && this.look());
    }

    get isCredit() {
        return this.props.kind === "credit";
    }
    get offline() {
        return this.pos.data.network.offline;
    }
    get digits() {
        return this.pos.currency.decimal_places;
    }
    get partner() {
        return this.props.order.getPartner();
    }
    get who() {
        return this.isCredit
            ? this.partner?.name
            : _t("Card ending in %s", lastFour(this.state.code));
    }
    get most() {
        const {due, limit} = this.props;
        return mostPayable(Math.min(this.state.found.available, limit), due, this.digits);
    }
    get plan() {
        const read = readAmount(toAscii(this.state.typed), this.most, this.digits);
        if (read.problem) {
            const texts = {
                not_a_number: _t("Type an amount."),
                too_much: _t("At most %s now.", this.format(this.most)),
                nothing: _t("Type how much to pay."),
            };
            return {problem: texts[read.problem]};
        }
        const {digits} = this;
        const rest = (whole) => money(units(whole, digits) - units(read.amount, digits), digits);
        return {
            amount: read.amount,
            left: this.format(rest(this.state.found.balance)),
            due: rest(this.props.due),
        };
    }
    get presets() {
        const {most} = this;
        return [
            {amount: most, label: most < this.props.due ? _t("All of it") : _t("All that is due")},
            ...roundFigures(most, 3).map((amount) => ({amount, label: false})),
        ];
    }

    format(amount) {
        return this.env.utils.formatCurrency(amount);
    }
    text(amount) {
        return amount.toFixed(this.digits);
    }

    async onScan(code) {
        if (!this.isCredit && !this.state.found) {
            this.state.code = code;
            await this.look();
        }
    }

    /** Ask what is there; for a card with its code. */
    async look() {
        if (this.isCredit && !this.partner) {
            this.state.message = _t("Choose the member who pays first: press “Customer”.");
            return;
        }
        if (this.offline) {
            return this.lookOffline();
        }
        const args = [this.props.kind, this.isCredit && this.partner.id];
        const secret = [toAscii(this.state.code) || false, toAscii(this.state.pin) || false];
        await this.busyWith(async () => {
            const answer = await this.pos.data.call("pos.config", "club_pay_look", [
                [this.pos.config.id],
                ...args,
                ...secret,
                ticketOf(this.props.order),
            ]);
            this.show(answer);
        });
    }

    show(answer) {
        if (answer.status !== "ok") {
            this.state.message = answer.message;
            this.codeInput.el?.select();
            return;
        }
        this.state.found = answer;
        this.state.typed = this.text(this.most);
        if (!this.most) {
            this.state.message = _t("Nothing of it can be spent on this order now.");
        }
    }

    /** Without network a member pays within the club's budget, with what the till last knew of him. */
    lookOffline() {
        const budget = this.desk.club?.offline_credit || 0;
        if (!this.isCredit || !budget) {
            this.state.message = this.isCredit
                ? _t("There is no network, so credit cannot be checked. Choose another way to pay.")
                : _t("There is no network, so cards cannot be checked. Choose another way to pay.");
            return;
        }
        const id = creditProgram(this.pos.config)?.id;
        const sheet = this.desk.sheetOf(this.partner);
        const account = sheet && sheet.accounts.find(({program_id: program}) => program === id);
        if (!account) {
            this.state.message = _t(
                "There is no network, and this till does not know the customer's credit."
            );
            return;
        }
        this.show({
            status: "ok",
            balance: account.available,
            available: Math.min(account.available, budget),
        });
    }

    async pay(proof = false) {
        const {plan} = this;
        if (plan.problem || this.state.busy || !this.state.found) {
            return;
        }
        if (this.offline) {
            return this.done({amount: plan.amount, offline: true});
        }
        let answer = null;
        await this.busyWith(async () => {
            answer = await this.props.start({
                amount: plan.amount,
                code: toAscii(this.state.code),
                pin: toAscii(this.state.pin),
                proof,
            });
        });
        if (answer) {
            await this.hear(answer, plan.amount, proof);
        }
    }

    /** What the server said to the payment. */
    async hear({status, message, amount}, wanted, proof) {
        if (status === "held") {
            return this.done({amount});
        }
        if (status === "proof_needed" && !proof) {
            const key = await askProof(this.pos, this.props.order, wanted);
            if (key) {
                await this.pay(key);
                return;
            }
        }
        this.state.message = message;
    }

    done(result) {
        const {code} = this.state;
        this.props.getPayload({...result, lastFour: this.isCredit ? "" : lastFour(code)});
        this.props.close();
    }

    async busyWith(work) {
        this.state.busy = true;
        this.state.message = false;
        try {
            await work();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            await this.desk.checkNetwork();
            this.state.message = _t(
                "The network was lost. Try again, or choose another way to pay."
            );
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(ev, action) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            action();
        }
    }
}
