/** Refund screen: rewards of managed programs go back with the goods they reduced, by themselves. */

import {patch} from "@web/core/utils/patch";
import {TicketScreen} from "@point_of_sale/app/screens/ticket_screen/ticket_screen";
import {formatPoints} from "@loyalty_club_pos/app/club/format";
import {isManagedReward} from "@loyalty_club_pos/app/club/programs";
import {
    followsGoods,
    pointsComingBack,
    setExactPrices,
    shareRewards,
} from "@loyalty_club_pos/app/club/refund";

patch(TicketScreen.prototype, {
    _onUpdateSelectedOrderline() {
        const order = this.getSelectedOrder();
        const line = order?.lines.find(({id}) => id === this.getSelectedOrderlineId());
        if (line && followsGoods(line)) {
            return this.numberBuffer.reset();
        }
        const result = super._onUpdateSelectedOrderline(...arguments);
        this._clubShareRewards();
        return result;
    },
    async onDoRefund() {
        this._clubShareRewards();
        return super.onDoRefund(...arguments);
    },
    postRefund(refundOrder) {
        setExactPrices(refundOrder);
        return super.postRefund(...arguments);
    },
    _clubShareRewards() {
        const order = this.getSelectedOrder();
        if (order?.finalized) {
            shareRewards(order, (line) => this.getToRefundDetail(line));
        }
    },
    /** The notice beside the refund button: null without rewards, else what comes back to the member. */
    get clubRefund() {
        const order = this.getSelectedOrder();
        if (!order?.finalized || !order.lines.some(isManagedReward)) {
            return null;
        }
        const details = order.uiState.lineToRefund || {};
        return pointsComingBack(order, ({uuid}) => details[uuid] || {qty: 0})
            .filter(({points}) => points > 0)
            .map(({program, points}) => formatPoints(points, program, this.pos.currency))
            .join(", ");
    },
});
