/** Badge: how much the member has bought on credit, of how much he may. */

import {patch} from "@web/core/utils/patch";
import {_t} from "@web/core/l10n/translation";
import {ClubBadge} from "@loyalty_club_pos/app/club/components/club_badge/club_badge";

patch(ClubBadge.prototype, {
    /** {text, isFull}, or false for who neither may buy on credit nor owes anything. */
    get onAccount() {
        const account = this.sheet?.on_account;
        if (!account || !(account.limit || account.used)) {
            return false;
        }
        const money = (amount) => this.env.utils.formatCurrency(amount);
        return {
            text: _t("On account: %(used)s of %(limit)s", {
                used: money(account.used),
                limit: money(account.limit),
            }),
            isFull: account.used >= account.limit,
        };
    },
});
