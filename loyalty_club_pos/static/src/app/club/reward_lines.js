/**
 * Reward lines of managed programs: the amount that was chosen, not the most that is possible.
 *
 * Core claims as much as it can whenever the basket changes. A member decides how many points he spends, so what was
 * chosen is kept on the order (`uiState.clubChosen`) and the lines are made from it again and again.
 */

import {_t} from "@web/core/l10n/translation";
import {isMoney, programDigits} from "@loyalty_club_pos/app/club/programs";
import {claimable, roundUp, spendable, worth} from "@loyalty_club_pos/app/club/rules/spend";

const newCode = () => (Math.random() + 1).toString(36).substring(3);

export function chosenFor(order, reward) {
    return order.uiState.clubChosen?.[reward.id] || {};
}

export function choose(order, reward, chosen) {
    order.uiState.clubChosen = {...order.uiState.clubChosen, [reward.id]: chosen};
}

/** Whether the cashier chooses an amount of points for this reward. */
export function hasAmount(reward) {
    return (
        reward.reward_type === "discount" &&
        reward.discount_mode === "per_point" &&
        !reward.clear_wallet
    );
}

/** What the reward can reduce in this basket, by core's own rules: {discountable, discountablePerTax}. */
export function discountableOf(order, reward) {
    switch (reward.discount_applicability) {
        case "cheapest":
            return order._getDiscountableOnCheapest(reward);
        case "specific":
            return order._getDiscountableOnSpecific(reward);
        default:
            return order._getDiscountableOnOrder(reward);
    }
}

/** The reward as rules/spend.js reads it. */
export function offerOf(order, reward, available, budget = null) {
    const {discountable} = discountableOf(order, reward);
    return {
        available,
        required: reward.required_points,
        discount: reward.discount,
        maxAmount: reward.discount_max_amount,
        discountable: Math.max(0, Math.min(order.priceIncl, discountable)),
        digits: programDigits(reward.program_id, order.currency),
        budget,
        payment: isMoney(reward.program_id),
    };
}

const line = (reward, couponId, values) => ({
    product_id: reward.discount_line_product_id,
    qty: 1,
    reward_id: reward,
    is_reward_line: true,
    coupon_id: couponId,
    reward_identifier_code: newCode(),
    points_cost: 0,
    ...values,
});

/** A discount for a chosen amount of points, split by taxes as core does. */
function amountLines(order, {reward, coupon_id: couponId, cost}) {
    const offer = offerOf(order, reward, order._getRealCouponPoints(couponId));
    const wanted = chosenFor(order, reward).points ?? cost ?? Infinity;
    const points = roundUp(Math.min(wanted, spendable(offer)), offer.digits);
    const amount = worth(points, offer);
    if (order.currency.isZero(amount)) {
        return [];
    }
    const product = reward.discount_line_product_id;
    if (offer.payment) {
        const price = product.getTaxDetails({
            overridedValues: {
                tax_ids: product.taxes_id,
                price_unit: -amount,
                special_mode: "total_included",
            },
        });
        const values = {price_unit: price.total_excluded, tax_ids: product.taxes_id};
        return [line(reward, couponId, {...values, points_cost: points})];
    }
    const {discountable, discountablePerTax} = discountableOf(order, reward);
    const part = amount / discountable;
    const code = newCode();
    const lines = Object.entries(discountablePerTax)
        .filter(([, base]) => base)
        .map(([key, base]) => {
            const ids = key ? key.split(",").map(Number) : [];
            const taxes = order.models["account.tax"].filter((tax) => ids.includes(tax.id));
            const values = {price_unit: -base * part, tax_ids: taxes};
            return line(reward, couponId, {...values, reward_identifier_code: code});
        });
    if (lines.length) {
        lines[0].points_cost = points;
    }
    return lines;
}

/** Pieces of the reward's products in the basket that no reward has made free yet. */
function paidPieces(order, product) {
    return order.lines.reduce((sum, l) => {
        const free = l.is_reward_line && l._reward_product_id?.id === product.id;
        return (
            sum + (free ? -l.qty : !l.is_reward_line && l.product_id.id === product.id ? l.qty : 0)
        );
    }, 0);
}

/** Free pieces, as many as were chosen. */
function productLines(order, {reward, coupon_id: couponId, product: wanted, quantity}) {
    const given = reward.reward_product_ids;
    const product = given.find((p) => p.id === wanted?.id) || given[0];
    const perClaim = reward.reward_product_qty;
    const times = reward.clear_wallet
        ? 1
        : claimable(order._getRealCouponPoints(couponId), reward.required_points);
    const pieces = Math.min(
        chosenFor(order, reward).quantity ?? quantity ?? perClaim,
        times * perClaim,
        paidPieces(order, product)
    );
    if (pieces <= 0) {
        return _t("There are not enough products in the basket to claim this reward.");
    }
    const cost = reward.clear_wallet
        ? order._getRealCouponPoints(couponId)
        : Math.ceil(pieces / perClaim) * reward.required_points;
    const price = product.getPrice(order.pricelist_id, pieces, 0, false, product);
    return [
        line(reward, couponId, {
            qty: pieces,
            price_unit: -order.currency.round(price),
            tax_ids: product.taxes_id,
            points_cost: cost,
            _reward_product_id: product,
        }),
    ];
}

/** Values of the lines of a managed reward, an error text, or null: core's own way is right. */
export function managedRewardLines(order, args) {
    if (hasAmount(args.reward)) {
        return amountLines(order, args);
    }
    return args.reward.reward_type === "product" ? productLines(order, args) : null;
}
