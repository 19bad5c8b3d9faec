/** Paying: what may be spent without network, and what happens when the server refuses a reward. */

import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {dropIdleChanges, pointsSpent} from "@loyalty_club_pos/app/club/programs";

patch(OrderPaymentValidation.prototype, {
    async validateOrder() {
        dropIdleChanges(this.order);
        return super.validateOrder(...arguments);
    },
    async askBeforeValidation() {
        const spent = pointsSpent(this.order);
        if (spent && !(await this._clubMaySpend(spent))) {
            this.pos.dialog.add(AlertDialog, {
                title: _t("No network: points can't be spent"),
                body: _t(
                    "The balance can't be checked now. Take the reward off the order to go on, or wait for the network."
                ),
            });
            return false;
        }
        return super.askBeforeValidation(...arguments);
    },
    async _clubMaySpend(points) {
        const desk = this.pos.env.services.club_desk;
        // a browser learns late that the server is out of reach
        await desk.checkNetwork();
        const budget = desk.budget();
        return budget === null || points <= budget;
    },
    handleValidationError(error) {
        const {order} = this;
        if (error instanceof ConnectionLostError) {
            order.club_offline = true;
        } else if (error instanceof RPCError && pointsSpent(order)) {
            this.pos.env.services.club_desk.refresh(order.partner_id);
        }
        return super.handleValidationError(error);
    },
});
