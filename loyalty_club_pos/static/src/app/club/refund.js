/**
 * Refund: rewards of managed programs follow the goods that come back, so that the customer gets what he paid and his
 * points. The refund screen shows the quantities; core makes the lines; the prices are set right afterwards.
 */

import {isManagedReward, isMoney} from "@loyalty_club_pos/app/club/programs";
import {rewardShare} from "@loyalty_club_pos/app/club/rules/refund_share";

const QUANTITY_DIGITS = 2;

function quantityDigits(models) {
    const precision = models["decimal.precision"].find((p) => p.name === "Product Unit");
    return precision?.digits ?? QUANTITY_DIGITS;
}

/** The lines whose price the reward reduced. */
function reducedLines(order, rewardLine) {
    const reward = rewardLine.reward_id;
    const goods = order.lines.filter(
        (line) => !line.is_reward_line && line.qty > 0 && !line.combo_parent_id
    );
    const among = (products) => {
        const ids = new Set((products || []).map((product) => product.id));
        return goods.filter((line) => ids.has(line.product_id.id));
    };
    if (reward.reward_type === "product") {
        const given = rewardLine._reward_product_id;
        return among(given ? [given] : reward.reward_product_ids);
    }
    if (isMoney(reward.program_id)) {
        return goods;
    }
    const reduced =
        reward.discount_applicability === "order" ? goods : among(reward.all_discount_product_ids);
    const taxes = (line) =>
        line.tax_ids
            .filter((tax) => tax.amount_type !== "fixed")
            .map((tax) => tax.id)
            .sort()
            .join();
    const sameTaxes = reduced.filter((line) => taxes(line) === taxes(rewardLine));
    return [sameTaxes, reduced, goods].find((lines) => lines.length) || [];
}

/** What the goods line cost after the discounts that reduced it; payments by credit don't reduce a price. */
function netAmount(order, line, rewardLines) {
    return rewardLines
        .filter((reward) => !isMoney(reward.reward_id.program_id))
        .reduce((net, reward) => {
            const reduced = reducedLines(order, reward);
            const whole = reduced.reduce((sum, l) => sum + l.prices.total_included, 0);
            const share = reduced.includes(line) && whole ? line.prices.total_included / whole : 0;
            return net + reward.prices.total_included * share;
        }, line.prices.total_included);
}

/**
 * Set how much of each reward line comes back with the goods that were chosen on the refund screen.
 *
 * @param {Object} order the order that is refunded
 * @param {Function} detailOf the refund screen's {qty, …} of a line
 */
export function shareRewards(order, detailOf) {
    const rewardLines = order.lines.filter((line) => isManagedReward(line) && line.qty > 0);
    const digits = quantityDigits(order.models);
    for (const rewardLine of rewardLines) {
        const byNet = isMoney(rewardLine.reward_id.program_id);
        const goods = reducedLines(order, rewardLine).map((line) => ({
            quantity: line.qty,
            refunded: line.refundedQty,
            returning: detailOf(line).destinationOrder ? 0 : detailOf(line).qty,
            amount: byNet ? netAmount(order, line, rewardLines) : line.prices.total_included,
        }));
        const detail = detailOf(rewardLine);
        if (!detail.destinationOrder) {
            const reward = {quantity: rewardLine.qty, refunded: rewardLine.refundedQty};
            const {quantity, factor} = rewardShare(reward, goods, digits);
            detail.qty = quantity;
            detail.clubFactor = factor;
        }
    }
}

/** Make the money of refunded reward lines exact: their quantities were rounded. */
export function setExactPrices(refundOrder) {
    for (const line of refundOrder.lines) {
        const origin = line.refunded_orderline_id;
        const factor = origin && origin.order_id?.uiState.lineToRefund?.[origin.uuid]?.clubFactor;
        if (origin && isManagedReward(origin) && factor) {
            line.price_unit = origin.price_unit * factor;
        }
    }
}

/** What comes back to the member with the goods chosen on the refund screen: [{program, points}]. */
export function pointsComingBack(order, detailOf) {
    const totals = new Map();
    for (const line of order.lines.filter((l) => isManagedReward(l) && l.qty > 0)) {
        const siblings = order.lines.filter(
            (l) => l.reward_identifier_code === line.reward_identifier_code
        );
        const cost = siblings.reduce((points, l) => points + l.points_cost, 0);
        const value = siblings.reduce((money, l) => money + l.prices.total_included, 0);
        const {qty, clubFactor = 1} = detailOf(line);
        const part = (qty * clubFactor) / line.qty;
        const points = value ? (cost * part * line.prices.total_included) / value : 0;
        const program = line.reward_id.program_id;
        totals.set(program, (totals.get(program) || 0) + points);
    }
    return [...totals].map(([program, points]) => ({program, points}));
}
