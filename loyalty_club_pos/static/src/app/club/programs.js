/**
 * Managed programs at the till: which ones the server keeps, and what a customer can spend of them.
 *
 * The browser never decides an amount of a managed program: it shows, offers and sends what was claimed.
 */

import {deserializeDate} from "@web/core/l10n/dates";

/** Whether the server keeps this program; core's own programs are left to core. */
export function isManaged(program) {
    return Boolean(program?.raw?.club_id);
}

/** Whether the line is a reward of a managed program. */
export function isManagedReward(line) {
    return Boolean(line.is_reward_line) && isManaged(line.reward_id?.program_id);
}

const date = (text) => (text ? deserializeDate(text) : false);

/**
 * The club's credit with what screens need of a program; null without credit. It pays and is no reward, so core's
 * engine has no loyalty.program of it at the till.
 */
export function creditProgram(config) {
    const credit = config?._club?.credit;
    return credit
        ? {
              id: credit.id,
              name: credit.name,
              program_type: "ewallet",
              rules: credit.rules,
              reward_ids: [],
              date_from: date(credit.date_from),
              date_to: date(credit.date_to),
              raw: {club_id: config._club.id, club_digits: 0},
          }
        : null;
}

/** The programs of the club this till serves: points (a loyalty.program) first, then credit. */
export function clubPrograms(models, config) {
    const id = config?._club?.points_program_id;
    const points = id && models["loyalty.program"]?.get(id);
    return [points, creditProgram(config)].filter(Boolean);
}

/** What a product sells at this till: "credit", "gift", "prepaid", or nothing. */
export function soldKind(config, product) {
    return config?._club?.sells?.[product?.id] || null;
}

/** Whether amounts of the program are money (eWallet, gift card) and not points. */
export function isMoney(program) {
    return ["ewallet", "gift_card"].includes(program.program_type);
}

/** Decimals of an amount of the program. */
export function programDigits(program, currency) {
    return isMoney(program) ? currency.decimal_places : program.raw.club_digits || 0;
}

/** The customer's card in a managed program. The till never makes one: the server does, with the first points. */
export function customerCard(order, program) {
    const partnerId = order.partner_id?.id;
    return (
        partnerId &&
        order.models["loyalty.card"].find(
            (card) =>
                card.id > 0 &&
                card.partner_id?.id === partnerId &&
                card.program_id?.id === program.id
        )
    );
}

/** What core's pre-check and its own booking need not hear about: cards that this order doesn't spend. */
export function dropIdleChanges(order) {
    const spending = new Set(order.lines.filter(isManagedReward).map((line) => line.coupon_id?.id));
    const changes = order.uiState.couponPointChanges;
    for (const [key, change] of Object.entries(changes)) {
        const program = order.models["loyalty.program"].get(change.program_id);
        if (isManaged(program) && !spending.has(change.coupon_id)) {
            delete changes[key];
        }
    }
}

/** The order as core's booking may see it: without its managed part, which the server has booked already. */
export function withoutClub(order) {
    const programs = order.models["loyalty.program"];
    const changes = Object.entries(order.uiState.couponPointChanges).filter(
        ([, change]) => !isManaged(programs.get(change.program_id))
    );
    const rewardLines = order._get_reward_lines().filter((line) => !isManagedReward(line));
    const view = {
        uiState: {...order.uiState, couponPointChanges: Object.fromEntries(changes)},
        _get_reward_lines: () => rewardLines,
    };
    return {
        isEmpty: !changes.length && !rewardLines.length,
        order: new Proxy(order, {
            get: (target, name) => (name in view ? view[name] : target[name]),
        }),
    };
}

/** Points that the order spends of its managed rewards. */
export function pointsSpent(order, program = null) {
    return order.lines
        .filter((line) => isManagedReward(line) && line.qty > 0)
        .filter((line) => !program || line.reward_id.program_id.id === program.id)
        .reduce((sum, line) => sum + (line.points_cost || 0), 0);
}
