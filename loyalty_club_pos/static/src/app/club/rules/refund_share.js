/**
 * Refund shares: when goods come back, the part of each reward that reduced their price comes back with them.
 * Pure: no imports, no Odoo.
 *
 * So the customer gets what he paid, and the server gives back the points of that part. Quantities have few decimals in
 * the database, money must be exact: the quantity is rounded, and the unit price makes up for it.
 */

const DUST = 1e-9;

const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

/** The part (0 to 1) of `goods` that comes back, by value; by quantity when they were all free. */
function shareOf(goods) {
    const value = (line) => Math.abs(line.amount);
    const weight = goods.some((line) => value(line) > DUST) ? value : (line) => line.quantity;
    const whole = goods.reduce((sum, line) => sum + weight(line), 0);
    const back = goods.reduce(
        (sum, line) => sum + weight(line) * (line.returning / line.quantity),
        0
    );
    return whole > DUST ? Math.min(1, back / whole) : 0;
}

/**
 * How much of one reward line comes back.
 *
 * @param {Object} reward {quantity, refunded (quantity that came back before)}
 * @param {Array} goods the lines it reduced: {quantity, refunded, returning (quantity coming back now), amount}
 * @param {Number} digits decimals of quantities
 * @returns {Object} {quantity: rounded, factor: what to multiply the unit price with so that the money is exact}
 */
export function rewardShare(reward, goods, digits) {
    const left = reward.quantity - reward.refunded;
    const exact = reward.quantity * shareOf(goods);
    if (left <= DUST || exact <= DUST) {
        return {quantity: 0, factor: 1};
    }
    const allBack = goods.every((line) => line.quantity - line.refunded - line.returning <= DUST);
    const smallest = 10 ** -digits;
    const quantity = allBack ? left : Math.min(left, Math.max(smallest, round(exact, digits)));
    return {quantity: round(quantity, digits), factor: exact / quantity};
}
