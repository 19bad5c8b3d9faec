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
