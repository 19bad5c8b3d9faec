/**
 * Spend: how many points a member can spend on a reward, and which figures to offer. Pure: no imports, no Odoo.
 *
 * The server has the last word (rules/reward_cost.py); these figures are what it will accept.
 */

/** Amounts are floats in the browser: dust below this never makes a whole unit. */
const DUST = 1e-6;

/** `value` rounded up to `digits` decimals. */
export function roundUp(value, digits) {
    const unit = 10 ** digits;
    return Math.ceil(value * unit - DUST) / unit;
}

/** `value` rounded down to `digits` decimals. */
export function roundDown(value, digits) {
    const unit = 10 ** digits;
    return Math.floor(value * unit + DUST) / unit;
}

/**
 * The most points that can be spent on a discount per point: what is there, what is allowed, what the basket takes.
 *
 * @param {Object} offer {available, required, discount (money per point), maxAmount (0: none), discountable (money),
 *      digits, budget (null: no limit), payment (true: any balance opens it)}
 * @returns {Number} points, 0 when nothing can be spent
 */
export function spendable({
    available,
    required = 0,
    discount,
    maxAmount = 0,
    discountable,
    digits,
    budget = null,
    payment = false,
}) {
    if (!(discount > 0) || available <= 0 || (!payment && available + DUST < required)) {
        return 0;
    }
    const amount = Math.max(0, Math.min(discountable, maxAmount > 0 ? maxAmount : Infinity));
    const limits = [roundDown(available, digits), roundUp(amount / discount, digits)];
    if (budget !== null) {
        limits.push(roundDown(budget, digits));
    }
    return Math.max(0, Math.min(...limits));
}

/** The money that `points` take off: never more than the basket and the reward allow. */
export function worth(points, {discount, maxAmount = 0, discountable}) {
    const limit = Math.min(discountable, maxAmount > 0 ? maxAmount : Infinity);
    return Math.max(0, Math.min(points * discount, limit));
}

/**
 * Figures that a cashier would say aloud, the largest first: 1234 → 1000, 500, 200, 100.
 *
 * @param {Number} most the largest figure that is possible; it is offered as "all", so it is not among them
 */
export function roundFigures(most, count = 4) {
    const figures = [];
    let power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
    while (figures.length < count && power >= 1) {
        for (const step of [5, 2, 1]) {
            if (figures.length < count && step * power < most) {
                figures.push(step * power);
            }
        }
        power /= 10;
    }
    return figures;
}

/**
 * What the cashier typed, as points.
 *
 * @returns {Object} {points} or {problem: "not_a_number" | "too_much" | "nothing"}
 */
export function readPoints(text, most, digits) {
    const clean = String(text)
        .trim()
        .replace(/[٬,\s](?=\d{3}(\D|$))/g, "")
        .replace(/[٫,]/, ".");
    if (!/^\d*\.?\d*$/.test(clean) || !/\d/.test(clean)) {
        return {problem: "not_a_number"};
    }
    const points = roundDown(Number(clean), digits);
    if (points > most + DUST) {
        return {problem: "too_much"};
    }
    return points > 0 ? {points} : {problem: "nothing"};
}

/** Whole rewards that `available` points pay for: a free product can be claimed that many times. */
export function claimable(available, required) {
    return required > 0 ? Math.floor(available / required + DUST) : 1;
}
