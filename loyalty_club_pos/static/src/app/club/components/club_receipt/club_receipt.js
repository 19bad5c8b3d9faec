/** Receipt: earned, spent and balance, as the server booked them; the same on every reprint. */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatPoints} from "@loyalty_club_pos/app/club/format";
import {clubPrograms} from "@loyalty_club_pos/app/club/programs";

export class ClubReceipt extends Component {
    static template = "loyalty_club_pos.ClubReceipt";
    static props = {order: Object};

    get lines() {
        const {order} = this.props;
        const club = order.config?._club;
        return clubPrograms(order.models, order.config).flatMap((program) => {
            const kind = program.id === club.points_program_id ? "points" : "credit";
            const [earned, spent, balance] = ["earned", "spent", "balance"].map(
                (what) => order[`club_${kind}_${what}`] || 0
            );
            if (kind === "credit" && !earned && !spent && !balance) {
                return [];
            }
            const text = (amount) => formatPoints(amount, program, order.currency);
            return [
                earned && {
                    key: `${kind}_earned`,
                    label: this.earnedLabel(kind),
                    text: text(earned),
                },
                spent && {key: `${kind}_spent`, label: this.spentLabel(kind), text: text(spent)},
                {key: `${kind}_balance`, label: this.balanceLabel(kind), text: text(balance)},
            ].filter(Boolean);
        });
    }

    earnedLabel(kind) {
        return kind === "points" ? _t("Earned") : _t("Credit added");
    }
    spentLabel(kind) {
        return kind === "points" ? _t("Spent") : _t("Credit spent");
    }
    balanceLabel(kind) {
        return kind === "points" ? _t("Balance") : _t("Credit left");
    }
}
