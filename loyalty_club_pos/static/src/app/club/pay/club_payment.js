/** Payment with the club's credit, gift and prepaid cards: the server sets the amount aside, the order captures it. */

import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {PaymentInterface} from "@point_of_sale/app/utils/payment/payment_interface";
import {register_payment_method} from "@point_of_sale/app/services/pos_store";
import {makeAwaitable} from "@point_of_sale/app/utils/make_awaitable_dialog";
import {ClubPay} from "@loyalty_club_pos/app/club/pay/club_pay";
import {ticketOf} from "@loyalty_club_pos/app/club/pay/ticket";
import {units} from "@loyalty_club_pos/app/club/rules/pay";

export class ClubPayment extends PaymentInterface {
    setup() {
        super.setup(...arguments);
        this.supports_reversals = true;
        /** Payments taken without network: {uuid: true} until the server has confirmed them. */
        this.unconfirmed = new Set();
    }

    get kind() {
        return this.payment_method_id.club_kind;
    }
    get desk() {
        return this.pos.env.services.club_desk;
    }

    call(method, ...args) {
        return this.pos.data.call("pos.config", method, [[this.pos.config.id], ...args]);
    }

    lineOf(uuid) {
        return this.pos.models["pos.payment"].find((line) => line.uuid === uuid);
    }

    async sendPaymentRequest(uuid) {
        const line = this.lineOf(uuid);
        const order = line.pos_order_id;
        const isPaid = order.isRefund
            ? await this.giveBack(order, line)
            : await this.take(order, line);
        if (!isPaid) {
            // the payment screen first says that the payment failed; a line of nothing would only be in the way
            setTimeout(() => order.payment_ids.includes(line) && order.removePaymentline(line));
        }
        return isPaid;
    }

    /** What is left to pay when this line is not counted. */
    dueWithout(order, line) {
        const others = order.payment_ids
            .filter((other) => other.uuid !== line.uuid && other.isDone())
            .reduce((sum, other) => sum + other.getAmount(), 0);
        return order.currency.round(order.totalDue - others);
    }

    /** What stored value may still pay: goods, of which other cards may have paid a part; Infinity for goods only. */
    limitWithout(order, line) {
        const stored = new Set(this.pos.config._club?.stored_value_products || []);
        const goods = ticketOf(order).filter(({product_id: id}) => !stored.has(id));
        if (goods.length === ticketOf(order).length) {
            return Infinity;
        }
        const paid = order.payment_ids
            .filter((other) => other.uuid !== line.uuid && other.isDone())
            .filter((other) => other.payment_method_id.club_kind)
            .reduce((sum, other) => sum + other.getAmount(), 0);
        return goods.reduce((sum, {amount}) => sum + amount, 0) - paid;
    }

    async take(order, line) {
        await this.desk.checkNetwork();
        const answer = await makeAwaitable(this.pos.dialog, ClubPay, {
            order,
            kind: this.kind,
            title: this.payment_method_id.name,
            due: this.dueWithout(order, line),
            limit: this.limitWithout(order, line),
            start: (values) => this.start(order, line.uuid, values),
        });
        if (!answer) {
            await this.release(line);
            return false;
        }
        line.setAmount(answer.amount);
        line.card_no = answer.lastFour || "";
        if (answer.offline) {
            this.unconfirmed.add(line.uuid);
        }
        return true;
    }

    /** Ask the server to set an amount aside: its answer, see `club_pay_start`. */
    start(order, uuid, {amount, code, pin, proof}) {
        return this.call(
            "club_pay_start",
            uuid,
            order.uuid,
            this.kind,
            amount,
            order.partner_id?.id || false,
            code || false,
            pin || false,
            ticketOf(order),
            proof || false
        );
    }

    /** Give free what is set aside; a till that can't say so leaves it to the server's clock. */
    async release(line) {
        this.unconfirmed.delete(line.uuid);
        try {
            await this.call("club_pay_cancel", line.uuid);
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
        }
        this.desk?.forget(line.pos_order_id?.partner_id); // the desk opens after the till has loaded
    }

    async sendPaymentCancel(_order, uuid) {
        await this.release(this.lineOf(uuid));
        return true;
    }

    async sendPaymentReversal(uuid) {
        const line = this.lineOf(uuid);
        await this.release(line);
        const order = line.pos_order_id;
        setTimeout(() => order.payment_ids.includes(line) && order.removePaymentline(line));
        return true;
    }

    /** A refund: back to what paid for the goods, and no further unless the club or a manager says so. */
    async giveBack(order, line) {
        const origins = new Set(
            order.lines.map((l) => l.refunded_orderline_id?.order_id?.id).filter(Boolean)
        );
        const wanted = -line.amount;
        const answer = await this.call(
            "club_pay_back",
            [...origins],
            this.kind,
            order.partner_id?.id || false
        );
        const digits = order.currency.decimal_places;
        if (answer.free || units(answer.available, digits) >= units(wanted, digits)) {
            return true;
        }
        const format = (amount) => this.pos.env.utils.formatCurrency(amount);
        this.pos.dialog.add(AlertDialog, {
            title: this.payment_method_id.name,
            body: answer.available
                ? _t(
                      "Only %s was paid with it for these goods. Refund the rest as it was paid.",
                      format(answer.available)
                  )
                : _t("Nothing of these goods was paid with it. Refund them as they were paid."),
        });
        if (!answer.available) {
            return false;
        }
        line.setAmount(-answer.available);
        return true;
    }

    /** With the network back: have the server set aside what was taken without it. */
    async confirm(order, line) {
        const answer = await this.start(order, line.uuid, {amount: line.amount});
        if (answer.status === "held") {
            this.unconfirmed.delete(line.uuid);
            return false;
        }
        return answer.message;
    }
}

register_payment_method("loyalty_club", ClubPayment);
