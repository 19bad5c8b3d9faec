/** Cards in the basket: each line that sells one knows its codes, until the receipt has been printed. */

import {newCode} from "@loyalty_club_pos/app/club/rules/gift_code";
import {soldKind} from "@loyalty_club_pos/app/club/programs";

const isCard = (kind) => kind === "gift" || kind === "prepaid";

/** Lines that sell bearer cards; returned ones don't. */
export function cardLines(order) {
    return order.lines.filter(
        (line) =>
            isCard(soldKind(order.config, line.product_id)) &&
            line.qty > 0 &&
            !line.refunded_orderline_id
    );
}

export function codesOf(order, line) {
    return order.uiState?.clubCodes?.[line.uuid] || [];
}

/** Of a card from the stock, always the line's first one, the code is on the plastic: no receipt shows it to others. */
export function keepCode(order, line, {code, plastic}) {
    const codes = order.uiState.clubCodes || {};
    order.uiState.clubCodes = {...codes, [line.uuid]: [...codesOf(order, line), code]};
    if (plastic) {
        order.uiState.clubPlastic = {...order.uiState.clubPlastic, [line.uuid]: true};
    }
}

export function isPlastic(order, line) {
    return Boolean(order.uiState?.clubPlastic?.[line.uuid]);
}

/** All codes of the basket. */
export function allCodes(order) {
    return Object.values(order.uiState?.clubCodes || {}).flat();
}

/** {line uuid: codes} for the server: one for each piece; pieces that have none get one on paper. */
export function codesToSend(order) {
    const codes = {};
    for (const line of cardLines(order)) {
        while (codesOf(order, line).length < Math.floor(line.qty)) {
            keepCode(order, line, {code: newCode()});
        }
        codes[line.uuid] = codesOf(order, line).slice(0, Math.floor(line.qty));
    }
    return codes;
}

/** The receipt is printed: from now on nobody can read the codes. */
export function forgetCodes(order) {
    if (order.uiState?.clubCodes) {
        order.uiState.clubCodes = null;
    }
}
