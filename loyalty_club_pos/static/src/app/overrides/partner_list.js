/** Partner list: it shows balances, and Enter on a card or mobile finds the member. */

import {onMounted, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";
import {PartnerLine} from "@point_of_sale/app/screens/partner_list/partner_line/partner_line";
import {PartnerList} from "@point_of_sale/app/screens/partner_list/partner_list";
import {formatPoints} from "@loyalty_club_pos/app/club/format";
import {isManaged, isMoney} from "@loyalty_club_pos/app/club/programs";
import {classify} from "@loyalty_club_pos/app/club/rules/identify";

patch(PartnerList.prototype, {
    setup() {
        super.setup(...arguments);
        this.clubDesk = useService("club_desk");
        onMounted(() => this._clubLoadBalances(this.state.initialPartners));
    },
    async searchPartner() {
        const term = this.state.query || "";
        if (this.clubDesk.club && classify(term) !== "name") {
            const found = await this._clubFind(term);
            if (found) {
                return found;
            }
        }
        return super.searchPartner(...arguments);
    },
    /** The member with this card or mobile is the customer; nobody else can be meant. */
    async _clubFind(term) {
        const answer = await this.clubDesk.identify(term);
        if (answer.status === "card_refused") {
            this.notification.add(answer.message, {type: "danger"});
            return [];
        }
        if (answer.status !== "member") {
            return null;
        }
        const partner = this.pos.models["res.partner"].get(answer.members[0].partner_id);
        this.clickPartner(partner);
        return [partner];
    },
    async _clubLoadBalances(partners) {
        // the server tells no more at once
        await this.clubDesk.loadBalances(partners.slice(0, 200));
        this.render(true);
    },
});

patch(PartnerLine.prototype, {
    setup() {
        super.setup(...arguments);
        this.clubCredit = useState(useService("club_desk").state).credit;
    },
    /** "Credit: $ 20.00", or false for who has none. */
    get clubCreditText() {
        const amount = this.clubCredit[this.props.partner.id];
        return amount && _t("Credit: %s", this.env.utils.formatCurrency(amount));
    },
    _getLoyaltyPointsRepr(card) {
        const program = card.program_id;
        if (!isManaged(program) || isMoney(program)) {
            return super._getLoyaltyPointsRepr(...arguments);
        }
        return formatPoints(card.points, program, this.pos.currency);
    },
});
