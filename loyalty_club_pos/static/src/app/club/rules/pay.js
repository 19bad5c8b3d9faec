/**
 * Pay: which amounts to offer for a payment with credit or a card, and what was typed. Pure: no imports, no Odoo.
 *
 * Money is counted in minor units here, so that no figure ends in float dust.
 */

/** An amount of money in minor units. */
export function units(amount, digits) {
    return Math.round((Number(amount) || 0) * 10 ** digits);
}

/** Minor units as an amount of money. */
export function money(minor, digits) {
    return Number((minor / 10 ** digits).toFixed(digits));
}

/** The most that can be paid now: what is there, and what is due. */
export function mostPayable(available, due, digits) {
    return money(Math.max(0, Math.min(units(available, digits), units(due, digits))), digits);
}

/**
 * Figures beside "all": round ones that a customer would say, the largest first, at most `count`.
 *
 * 47.35 → 40, 30, 20, 10; 1234000 (rials) → 1000000, 500000, 200000, 100000
 */
export function roundAmounts(most, count = 3) {
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
 * What the cashier typed, in ASCII digits, as an amount.
 *
 * @returns {Object} {amount} or {problem: "not_a_number" | "too_much" | "nothing"}
 */
export function readAmount(text, most, digits) {
    const clean = String(text)
        .trim()
        .replace(/[٬,\s](?=\d{3}(\D|$))/g, "")
        .replace(/[٫,]/, ".");
    if (!/^\d*\.?\d*$/.test(clean) || !/\d/.test(clean)) {
        return {problem: "not_a_number"};
    }
    const minor = units(clean, digits);
    if (minor > units(most, digits)) {
        return {problem: "too_much"};
    }
    return minor > 0 ? {amount: money(minor, digits)} : {problem: "nothing"};
}
