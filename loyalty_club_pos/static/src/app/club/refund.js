/**
 * Refund: rewards of managed programs follow the goods that come back, so that the customer gets what he paid and his
 * points. The refund screen shows the quantities; core makes the lines; the prices are set right afterwards.
 */

import {isManagedReward, isMoney, programDigits} from "@loyalty_club_pos/app/club/programs";
import {isDiscountLine, setExactTaxes} from "@loyalty_club_pos/app/club/discount/discount";
import {pointsBack, rewardShare} from "@loyalty_club_pos/app/club/rules/refund_share";

const QUANTITY_DIGITS = 2;

/** Lines that go back with the goods whose price they reduced: managed rewards, and the discount of a card. */
export const followsGoods = (line) => isManagedReward(line) || isDiscountLine(line);

function quantityDigits(models) {
    const precision = models["decimal.precision"].find((p) => p.name === "Product Unit");
    return precision?.digits ?? QUANTITY_DIGITS;
}

/** The lines whose price the reward reduced. */
function reducedLines(order, rewardLine) {
    const reward = rewardLine.reward_id;
    const goods = order.lines.filter(
        (line) =>
            !line.is_reward_line && !isDiscountLine(line) && line.qty > 0 && !line.combo_parent_id
    );
    const among = (products) => {
        const ids = new Set((products || []).map((product) => product.id));
        return goods.filter((line) => ids.has(line.product_id.id));
    };
    if (reward?.reward_type === "product") {
        const given = rewardLine._reward_product_id;
        return among(given ? [given] : reward.reward_product_ids);
    }
    if (reward && isMoney(reward.program_id)) {
        return goods;
    }
    const reduced =
        !reward || reward.discount_applicability === "order"
            ? goods
            : among(reward.all_discount_product_ids);
    const taxes = (line) =>
        line.tax_ids
            .filter((tax) => tax.amount_type !== "fixed")
            .map((tax) => tax.id)
            .sort()
            .join();
    const sameTaxes = reduced.filter((line) => taxes(line) === taxes(rewardLine));
    return [sameTaxes, reduced, goods].find((lines) => lines.length) || [];
}

/** What came back of a reward line before, with its sign; core writes amounts of refunds in the refund's own sign. */
function refundedAmount(rewardLine) {
    const sign = Math.sign(rewardLine.prices.total_included);
    return (rewardLine.refund_orderline_ids || [])
        .filter((line) => line.order_id?.state !== "cancel")
        .reduce((sum, line) => sum + sign * Math.abs(line.price_subtotal_incl || 0), 0);
}

/** Free products reduce first, then discounts; what was paid by credit reduces no price. */
const STAGES = [
    (reward) => reward?.reward_type === "product",
    (reward) => !reward || (reward.reward_type !== "product" && !isMoney(reward.program_id)),
    (reward) => Boolean(reward) && isMoney(reward.program_id),
];

/** What each line still cost when the rewards of a stage came: Maps of line to amount, one for each stage. */
function amountsByStage(order, rewardLines) {
    const amounts = new Map(order.lines.map((line) => [line, line.prices.total_included]));
    return STAGES.map((isStage) => {
        const before = new Map(amounts);
        for (const rewardLine of rewardLines.filter((line) => isStage(line.reward_id))) {
            const reduced = reducedLines(order, rewardLine);
            const whole = reduced.reduce((sum, line) => sum + before.get(line), 0);
            for (const line of whole ? reduced : []) {
                const share = before.get(line) / whole;
                amounts.set(line, amounts.get(line) + rewardLine.prices.total_included * share);
            }
        }
        return before;
    });
}

/**
 * Set how much of each reward line comes back with the goods that were chosen on the refund screen.
 *
 * @param {Object} order the order that is refunded
 * @param {Function} detailOf the refund screen's {qty, …} of a line
 */
export function shareRewards(order, detailOf) {
    const rewardLines = order.lines.filter((line) => followsGoods(line) && line.qty > 0);
    const digits = quantityDigits(order.models);
    const stages = amountsByStage(order, rewardLines);
    for (const rewardLine of rewardLines) {
        const amounts = stages[STAGES.findIndex((isStage) => isStage(rewardLine.reward_id))];
        const goods = reducedLines(order, rewardLine).map((line) => ({
            quantity: line.qty,
            refunded: line.refundedQty,
            returning: detailOf(line).destinationOrder ? 0 : detailOf(line).qty,
            amount: amounts.get(line),
        }));
        const detail = detailOf(rewardLine);
        if (!detail.destinationOrder) {
            const reward = {
                quantity: rewardLine.qty,
                amount: rewardLine.prices.total_included,
                refunded: rewardLine.refundedQty,
                refundedAmount: refundedAmount(rewardLine),
            };
            const {quantity, amount, factor} = rewardShare(reward, goods, digits);
            Object.assign(detail, {qty: quantity, clubAmount: amount, clubFactor: factor});
        }
    }
}

/** Make the money of refunded reward lines exact: their quantities were rounded. */
export function setExactPrices(refundOrder) {
    for (const line of refundOrder.lines) {
        const origin = line.refunded_orderline_id;
        const factor = origin && origin.order_id?.uiState.lineToRefund?.[origin.uuid]?.clubFactor;
        if (origin && followsGoods(origin) && factor) {
            line.price_unit = origin.price_unit * factor;
        }
        if (origin && isDiscountLine(origin)) {
            setExactTaxes(line, origin);
        }
    }
}

/** What comes back to the member with the goods chosen on the refund screen: [{program, points}]. */
export function pointsComingBack(order, detailOf) {
    const byProgram = new Map();
    for (const line of order.lines.filter((l) => isManagedReward(l) && l.qty > 0)) {
        const siblings = order.lines.filter(
            (l) => l.reward_identifier_code === line.reward_identifier_code
        );
        const cost = siblings.reduce((points, l) => points + l.points_cost, 0);
        const whole = siblings.reduce((money, l) => money + l.prices.total_included, 0);
        const amount = line.prices.total_included;
        const {qty, clubAmount = 0} = detailOf(line);
        const part = (money) => (amount ? order.currency.round(money) / amount : 0);
        const program = line.reward_id.program_id;
        byProgram.set(program, [
            ...(byProgram.get(program) || []),
            {
                points: whole ? (cost * amount) / whole : 0,
                before: part(refundedAmount(line)),
                now: qty ? part(clubAmount) : 0,
            },
        ]);
    }
    return [...byProgram].map(([program, lines]) => ({
        program,
        points: pointsBack(lines, programDigits(program, order.currency)),
    }));
}
