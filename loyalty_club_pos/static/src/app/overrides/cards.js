/** Selling cards: the product asks for price and card; the codes go to the server with the paid order, and only then. */

import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {PosOrder} from "@point_of_sale/app/models/pos_order";
import {PosOrderline} from "@point_of_sale/app/models/pos_order_line";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import {makeAwaitable} from "@point_of_sale/app/utils/make_awaitable_dialog";
import {soldKind} from "@loyalty_club_pos/app/club/programs";
import {allCodes, codesToSend, forgetCodes, keepCode} from "@loyalty_club_pos/app/club/sell/cards";
import {ClubSell} from "@loyalty_club_pos/app/club/sell/club_sell";

patch(PosOrder.prototype, {
    serializeForORM() {
        const data = super.serializeForORM(...arguments);
        if (["paid", "done", "invoiced"].includes(this.state) && this.config?._club) {
            const codes = codesToSend(this);
            if (Object.keys(codes).length) {
                data.club_codes = codes;
            }
        }
        return data;
    },
});

patch(PosOrderline.prototype, {
    /** Two cards are two codes. */
    canBeMergedWith(orderline) {
        const sells = soldKind(this.order_id?.config, this.product_id);
        return sells !== "gift" && sells !== "prepaid" && super.canBeMergedWith(orderline);
    },
});

patch(PosStore.prototype, {
    async addLineToCurrentOrder(vals, opts = {}, configure = true) {
        const product = vals.product_id || vals.product_tmpl_id?.product_variant_ids?.[0];
        const kind = vals.refunded_orderline_id ? null : soldKind(this.config, product);
        const order = kind && this.getOrder();
        if (!order) {
            return super.addLineToCurrentOrder(...arguments);
        }
        if (kind === "credit") {
            return this._clubAddTopUp(order, ...arguments);
        }
        const chosen = await this._clubAskCard(order, kind, product, vals.price_unit);
        if (!chosen) {
            return;
        }
        const values = {...vals, price_unit: chosen.amount, qty: 1};
        const line = await super.addLineToCurrentOrder(values, {...opts, merge: false}, configure);
        if (line) {
            keepCode(order, line, chosen);
        }
        return line;
    },
    async _clubAskCard(order, kind, product, price) {
        return makeAwaitable(this.dialog, ClubSell, {
            kind,
            title: product.display_name,
            price: price ?? product.getPrice(order.pricelist_id, 1, 0, false, product),
            taken: allCodes(order),
        });
    },
    /** Credit is loaded for somebody: without a member there is nobody to load it for. */
    async _clubAddTopUp(order, ...args) {
        if (!order.getPartner()) {
            this.dialog.add(AlertDialog, {
                title: _t("Who gets the credit?"),
                body: _t(
                    "Choose the member first. The credit is loaded for him when the order is paid."
                ),
            });
            return;
        }
        return super.addLineToCurrentOrder(...args);
    },
    /** What was printed once is not printed again. */
    async printReceipt({order = this.getOrder()} = {}) {
        const result = await super.printReceipt(...arguments);
        if (result && order.finalized) {
            forgetCodes(order);
        }
        return result;
    },
});
