/** Spend: the rewards of a member; the amount of points is his choice: all, a round figure or his own. */

import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {Dialog} from "@web/core/dialog/dialog";
import {useService} from "@web/core/utils/hooks";
import {SelectionPopup} from "@point_of_sale/app/components/popups/selection_popup/selection_popup";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {makeAwaitable} from "@point_of_sale/app/utils/make_awaitable_dialog";
import {formatNumber, formatPoints} from "@loyalty_club_pos/app/club/format";
import {canClaim, rewardOffers} from "@loyalty_club_pos/app/club/offers";
import {isMoney} from "@loyalty_club_pos/app/club/programs";
import {claimReward, dropReward} from "@loyalty_club_pos/app/club/claim";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";
import {readPoints, roundFigures, worth} from "@loyalty_club_pos/app/club/rules/spend";

export class ClubSpend extends Component {
    static template = "loyalty_club_pos.ClubSpend";
    static components = {Dialog};
    static props = {order: Object, close: Function};

    setup() {
        this.pos = usePos();
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.desk = useService("club_desk");
        this.state = useState({typed: {}, busy: false});
    }

    get offers() {
        return rewardOffers(
            this.props.order,
            this.pos.config,
            this.desk.budget(this.pos.data.network.offline)
        );
    }
    get amountOffers() {
        return this.offers.filter(({amount}) => amount);
    }
    get otherOffers() {
        return this.offers.filter(({amount}) => !amount);
    }
    get balances() {
        const seen = new Map(this.offers.map((offer) => [offer.program.id, offer]));
        return [...seen.values()].map(({card, program}) => ({
            id: program.id,
            text: this.format(card.points, program),
        }));
    }

    get dialogTitle() {
        return _t("Spend: %s", this.props.order.getPartner()?.name || "");
    }
    title({reward, program}) {
        return isMoney(program) ? program.name : reward.description;
    }
    format(amount, program) {
        return formatPoints(amount, program, this.pos.currency);
    }
    money(amount) {
        return this.env.utils.formatCurrency(amount);
    }
    isClaimable(offer) {
        return canClaim(offer);
    }

    /** What stands in the box: what was typed, else what is claimed, else all. */
    typed({reward, claimed, amount}) {
        const text = this.state.typed[reward.id];
        return text ?? String(claimed || amount.most);
    }
    type({reward}, text) {
        this.state.typed[reward.id] = text;
    }

    presets({amount, program}) {
        const {most, offer} = amount;
        const show = (points) => ({
            points,
            text: String(points),
            label: formatNumber(points, offer.digits),
            money: !isMoney(program) && this.money(worth(points, offer)),
        });
        return {all: show(most), round: roundFigures(most).map(show)};
    }

    /** What the figure in the box means: {points, money, left} or {problem}. */
    plan(offer) {
        const {most, offer: terms} = offer.amount;
        const read = readPoints(toAscii(this.typed(offer)), most, terms.digits);
        if (read.problem) {
            const texts = {
                not_a_number: _t("Type a number of points."),
                too_much: _t("At most %s now.", this.format(most, offer.program)),
                nothing: _t("Type how many points to spend."),
            };
            return {problem: texts[read.problem]};
        }
        return {
            points: read.points,
            money: this.money(worth(read.points, terms)),
            left: this.format(offer.available - read.points, offer.program),
        };
    }

    async spend(offer) {
        const plan = this.plan(offer);
        if (!plan.problem) {
            await this.claim(offer, {points: plan.points});
        }
    }

    async claimOther(offer) {
        const {reward} = offer;
        let product = reward.reward_product_ids?.[0];
        if (reward.reward_type === "product" && reward.multi_product) {
            product = await makeAwaitable(this.dialog, SelectionPopup, {
                title: _t("Please select a product for this reward"),
                list: reward.reward_product_ids.map((p) => ({
                    id: p.id,
                    label: p.display_name,
                    item: p,
                })),
            });
            if (!product) {
                return;
            }
        }
        await this.claim(offer, {product});
    }

    async claim(offer, chosen) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            const result = await claimReward(this.pos, this.props.order, offer, chosen);
            if (result === true) {
                this.props.close();
            } else {
                this.notification.add(result, {type: "danger"});
            }
        } finally {
            this.state.busy = false;
        }
    }

    async drop(offer) {
        delete this.state.typed[offer.reward.id];
        await dropReward(this.pos, this.props.order, offer.reward);
    }

    onKeydown(ev, offer) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.spend(offer);
        }
    }
}
