/** Discount cards: what they give follows the basket, and nothing is given without network. */

import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {patch} from "@web/core/utils/patch";
import {ControlButtons} from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {ClubDiscount} from "@loyalty_club_pos/app/club/discount/club_discount";
import {discountLines, refreshDiscount} from "@loyalty_club_pos/app/club/discount/discount";

patch(ControlButtons.prototype, {
    get clubHasDiscounts() {
        return Boolean(this.pos.config._club?.discount_product_id);
    },
    openClubDiscount() {
        this.props.close?.();
        this.pos.dialog.add(ClubDiscount);
    },
});

patch(PosStore.prototype, {
    async pay() {
        // a quantity that was just typed waits in the buffer for a moment
        this.numberBuffer.capture();
        const problem = await this._clubRefreshDiscount(this.getOrder());
        if (problem) {
            this.dialog.add(AlertDialog, problem);
            return;
        }
        return super.pay(...arguments);
    },
    /** Have the discount follow the basket; what to tell the cashier before the order can go on, or false. */
    async _clubRefreshDiscount(order) {
        if (!order || order.finalized || !discountLines(order).length) {
            return false;
        }
        try {
            const {message} = await refreshDiscount(this, order);
            return message ? {title: _t("The discount card was taken off"), body: message} : false;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return {
                title: _t("No network: no discount card"),
                body: _t(
                    "The card can't be checked now. Take its discount off the order to go on, or wait for the network."
                ),
            };
        }
    },
});

patch(OrderPaymentValidation.prototype, {
    async askBeforeValidation() {
        const before = this.order.totalDue;
        const problem = await this.pos._clubRefreshDiscount(this.order);
        if (problem) {
            this.pos.dialog.add(AlertDialog, problem);
            return false;
        }
        if (!this.order.currency.isZero(this.order.totalDue - before)) {
            this.pos.dialog.add(AlertDialog, {
                title: _t("The discount has changed"),
                body: _t(
                    "The order has changed since the discount card was used. Check the amount to pay."
                ),
            });
            return false;
        }
        return super.askBeforeValidation(...arguments);
    },
});
