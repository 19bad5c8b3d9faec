/** Offers: the rewards of the club as the cashier sees them, with what is missing and what is claimed already. */

import {clubPrograms, customerCard, isManagedReward} from "@loyalty_club_pos/app/club/programs";
import {hasAmount, offerOf} from "@loyalty_club_pos/app/club/reward_lines";
import {spendable} from "@loyalty_club_pos/app/club/rules/spend";

const linesOf = (order, reward) =>
    order.lines.filter((line) => isManagedReward(line) && line.reward_id.id === reward.id);

/** Points of a managed card that this order can still spend, its own claims of `reward` not counted. */
function availableFor(order, card, reward) {
    const own = linesOf(order, reward).reduce((sum, line) => sum + line.points_cost, 0);
    return order._getRealCouponPoints(card.id) + own;
}

/** The basket without `reward`: what it could reduce if it was claimed anew. */
function offerWithout(order, reward, available, budget) {
    const own = linesOf(order, reward).reduce((sum, line) => sum - line.prices.total_included, 0);
    const offer = offerOf(order, reward, available, budget);
    return {...offer, discountable: Math.min(offer.discountable + own, order.priceIncl + own)};
}

/**
 * The rewards of the customer's programs.
 *
 * @param {Object} order pos.order
 * @param {Object} config pos.config
 * @param {Number|null} budget points that may be spent without network, null with it
 * @returns {Array} [{reward, card, program, available, missing, claimed (points), amount: null | {most, offer}}]
 */
export function rewardOffers(order, config, budget = null) {
    const offers = [];
    for (const program of clubPrograms(order.models, config)) {
        const card = customerCard(order, program);
        for (const reward of card ? program.reward_ids : []) {
            const available = availableFor(order, card, reward);
            const offer = hasAmount(reward) ? offerWithout(order, reward, available, budget) : null;
            offers.push({
                reward,
                card,
                program,
                available,
                missing: Math.max(0, (offer?.payment ? 0 : reward.required_points) - available),
                overBudget: budget !== null && !offer && reward.required_points > budget,
                claimed: linesOf(order, reward).reduce((sum, line) => sum + line.points_cost, 0),
                isClaimed: linesOf(order, reward).length > 0,
                amount: offer && {most: spendable(offer), offer},
            });
        }
    }
    return offers;
}

/** Whether the cashier can do something with this offer now. */
export function canClaim(offer) {
    return offer.amount ? offer.amount.most > 0 : !offer.missing && !offer.overBudget;
}
