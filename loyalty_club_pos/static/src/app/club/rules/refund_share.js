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
 * @param {Object} reward {quantity, amount, refunded (quantity that came back before), refundedAmount}
 * @param {Array} goods the lines it reduced: {quantity, refunded, returning (quantity coming back now), amount}
 * @param {Number} digits decimals of quantities
 * @returns {Object} {quantity: rounded, amount: exact, factor: what to multiply the unit price with to get it}
 */
export function rewardShare(reward, goods, digits) {
    const left = reward.quantity - reward.refunded;
    const share = shareOf(goods);
    if (left <= DUST || share <= DUST) {
        return {quantity: 0, amount: 0, factor: 1};
    }
    const allBack = goods.every((line) => line.quantity - line.refunded - line.returning <= DUST);
    const smallest = 10 ** -digits;
    const wanted = Math.max(smallest, round(reward.quantity * share, digits));
    const quantity = round(allBack ? left : Math.min(left, wanted), digits);
    const amount = allBack ? reward.amount - reward.refundedAmount : reward.amount * share;
    const plain = (reward.amount / reward.quantity) * quantity;
    return {quantity, amount, factor: Math.abs(plain) > DUST ? amount / plain : 1};
}

/**
 * Points that come back now, as the server will book them: rounded down in sum, not refund by refund.
 *
 * @param {Array} lines {points (that the line cost), before, now (returned fractions)}
 */
export function pointsBack(lines, digits) {
    const unit = 10 ** digits;
    const booked = (part) =>
        Math.floor(
            lines.reduce((sum, line) => sum + line.points * Math.min(1, part(line)), 0) * unit +
                1e-6
        ) / unit;
    return booked(({before, now}) => before + now) - booked(({before}) => before);
}
