/** Receipt: earned, spent and balance, as the server booked them; the same on every reprint. */

import {Component} from "@odoo/owl";
import {formatDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {formatPoints} from "@loyalty_club_pos/app/club/format";
import {generateQRCodeDataUrl} from "@point_of_sale/utils";
import {clubPrograms} from "@loyalty_club_pos/app/club/programs";
import {lastFour, prettyCode} from "@loyalty_club_pos/app/club/rules/gift_code";
import {cardLines, codesOf, isPlastic} from "@loyalty_club_pos/app/club/sell/cards";

/** A refund takes back what was earned and gives back what was spent. */
const LABELS = {
    points: {
        earned: () => _t("Earned"),
        taken: () => _t("Taken back"),
        spent: () => _t("Spent"),
        given: () => _t("Given back"),
        balance: () => _t("Balance"),
    },
    credit: {
        earned: () => _t("Credit added"),
        taken: () => _t("Credit taken back"),
        spent: () => _t("Credit spent"),
        given: () => _t("Credit given back"),
        balance: () => _t("Credit left"),
    },
};

export class ClubReceipt extends Component {
    static template = "loyalty_club_pos.ClubReceipt";
    static props = {order: Object};

    /** Cards that this order sold: those on paper with their codes until it is printed, others with the last four. */
    get cards() {
        const {order} = this.props;
        return cardLines(order).map((line) => {
            const all = order.finalized ? codesOf(order, line).slice(0, Math.floor(line.qty)) : [];
            const [plastic, codes] = isPlastic(order, line) ? [all[0], all.slice(1)] : ["", all];
            return {
                id: line.uuid,
                name: line.getFullProductName?.() || line.product_id.display_name,
                codes: codes.map((code) => ({
                    code,
                    pretty: prettyCode(code),
                    image: generateQRCodeDataUrl(code, {width: 120, height: 120}),
                })),
                plastic: plastic && lastFour(plastic),
                ends: line.club_cards || "",
            };
        });
    }

    /** What of the credit ends first, so that nobody loses it unawares. */
    expiry(program) {
        const {order} = this.props;
        return (
            order.club_credit_expiring &&
            order.club_credit_expires_on && {
                key: "credit_expiry",
                label: _t("Use by %s", formatDate(order.club_credit_expires_on)),
                text: formatPoints(order.club_credit_expiring, program, order.currency),
            }
        );
    }

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
            const amount = (what, value, label) =>
                value && {
                    key: `${kind}_${what}`,
                    label,
                    text: formatPoints(Math.abs(value), program, order.currency),
                };
            const labels = LABELS[kind];
            return [
                amount("earned", earned, earned < 0 ? labels.taken() : labels.earned()),
                amount("spent", spent, spent < 0 ? labels.given() : labels.spent()),
                {
                    key: `${kind}_balance`,
                    label: labels.balance(),
                    text: formatPoints(balance, program, order.currency),
                },
                kind === "credit" && this.expiry(program),
            ].filter(Boolean);
        });
    }
}
