/** Club payments on the payment screen: they can be taken off, and leave nothing set aside behind them. */

import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {PosOrder} from "@point_of_sale/app/models/pos_order";
import {PosPayment} from "@point_of_sale/app/models/pos_payment";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";

const isClub = (line) => Boolean(line?.payment_method_id?.club_kind);

const clubLines = (order, kind = null) =>
    order.finalized
        ? []
        : order.payment_ids.filter(
              (line) => isClub(line) && (!kind || line.payment_method_id.club_kind === kind)
          );

patch(PosPayment.prototype, {
    /** A terminal's payment stays for ever; one of the club is taken off like cash. Refunds keep core's status. */
    handlePaymentResponse(isSuccessful) {
        const result = super.handlePaymentResponse(...arguments);
        if (isSuccessful && isClub(this) && !this.pos_order_id.isRefund) {
            this.setPaymentStatus("");
        }
        return result;
    },
});

patch(PosOrder.prototype, {
    removePaymentline(line) {
        const terminal = isClub(line) && !this.isRefund && line.payment_method_id.payment_terminal;
        if (terminal) {
            terminal.release(line);
        }
        return super.removePaymentline(...arguments);
    },
    /** Another customer: the credit of the one before pays for nothing of his. */
    setPartner(partner) {
        if (this.partner_id && this.partner_id.id !== partner?.id) {
            clubLines(this, "credit").forEach((line) => this.removePaymentline(line));
        }
        return super.setPartner(...arguments);
    },
});

patch(PosStore.prototype, {
    /** A question that was open when the browser died set nothing aside; its line would stop every other payment. */
    async afterProcessServerData() {
        for (const order of this.models["pos.order"].filter((one) => !one.finalized)) {
            const open = clubLines(order).filter((line) => !line.isDone());
            open.forEach((line) => order.removePaymentline(line));
        }
        return super.afterProcessServerData(...arguments);
    },
    async _onBeforeDeleteOrder(order) {
        if (!(await super._onBeforeDeleteOrder(...arguments))) {
            return false;
        }
        clubLines(order).forEach((line) => order.removePaymentline(line));
        return true;
    },
    /** Back to the basket: it may change, so what was set aside for it is given back. */
    async onClickBackButton() {
        const order = this.getOrder();
        if (this.router.state.current === "PaymentScreen" && order) {
            clubLines(order).forEach((line) => order.removePaymentline(line));
        }
        return super.onClickBackButton(...arguments);
    },
});

patch(OrderPaymentValidation.prototype, {
    async askBeforeValidation() {
        const problem = await this._clubConfirmPayments();
        if (problem) {
            this.pos.dialog.add(AlertDialog, {title: _t("Not paid yet"), body: problem});
            return false;
        }
        return super.askBeforeValidation(...arguments);
    },
    /** What was taken without network is set aside now if the network is back; the first reason why not. */
    async _clubConfirmPayments() {
        for (const line of clubLines(this.order)) {
            const terminal = line.payment_method_id.payment_terminal;
            if (terminal?.unconfirmed.has(line.uuid) && !this.pos.data.network.offline) {
                const problem = await terminal.confirm(this.order, line);
                if (problem) {
                    return problem;
                }
            }
        }
        return false;
    },
});
