/** How amounts of a program are written. */

import {formatCurrency} from "@web/core/currency";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {isMoney, programDigits} from "@loyalty_club_pos/app/club/programs";

/** "1,250 points", or money for credit. */
export function formatPoints(amount, program, currency) {
    if (isMoney(program)) {
        return formatCurrency(amount, currency.id);
    }
    return _t("%(amount)s %(points)s", {
        amount: formatNumber(amount, programDigits(program, currency)),
        points: program.portal_point_name || _t("points"),
    });
}

export function formatNumber(amount, digits) {
    return formatFloat(amount, {digits: [false, digits], trailingZeros: false});
}
