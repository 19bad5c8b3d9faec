/** Claim: put a reward on the order, or take it off again. */

import {choose, chosenFor} from "@loyalty_club_pos/app/club/reward_lines";

function removeLines(order, reward) {
    for (const line of order.lines.filter(
        (l) => l.is_reward_line && l.reward_id?.id === reward.id
    )) {
        line.delete();
    }
}

/** The pieces of a free product: one claim more than before, and enough of it in the basket. */
async function addProduct(pos, order, reward, product) {
    const before = chosenFor(order, reward).quantity;
    const isClaimed = order.lines.some((l) => l.is_reward_line && l.reward_id?.id === reward.id);
    const quantity = ((isClaimed && before) || 0) + reward.reward_product_qty;
    const inBasket = order.lines
        .filter((line) => !line.is_reward_line && line.product_id.id === product.id)
        .reduce((sum, line) => sum + line.qty, 0);
    if (inBasket < quantity) {
        await pos.addLineToCurrentOrder(
            {
                product_id: product,
                product_tmpl_id: product.product_tmpl_id,
                qty: quantity - inBasket,
            },
            {}
        );
    }
    return quantity;
}

/**
 * Claim a reward with what the cashier chose; a claim of the same reward before is replaced.
 *
 * @param {Object} offer of offers.js
 * @param {Object} chosen {points} or {product}
 * @returns true, or the reason why not
 */
export async function claimReward(pos, order, {reward, card}, {points, product}) {
    // the order must know the card before core accepts a reward of it
    await pos.orderUpdateLoyaltyPrograms();
    const before = order.lines.filter((l) => l.is_reward_line && l.reward_id?.id === reward.id);
    const chosen = {points};
    if (reward.reward_type === "product") {
        chosen.quantity = await addProduct(pos, order, reward, product);
    }
    if (before.length) {
        removeLines(order, reward);
    }
    choose(order, reward, chosen);
    order.uiState.disabledRewards.delete(reward.id);
    const result = order._applyReward(reward, card.id, {product});
    pos.updateRewards();
    return result;
}

export async function dropReward(pos, order, reward) {
    removeLines(order, reward);
    choose(order, reward, {});
    await pos.orderUpdateLoyaltyPrograms();
    pos.updateRewards();
}
