/**
 * Club desk: who is the customer, and what the till knows of him. One server call finds a member, with everything the
 * till shows of him; the answers are kept while the till is open, so that a look-up works again without network.
 */

import {reactive} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {isManaged} from "@loyalty_club_pos/app/club/programs";
import {cleanCard, toAscii} from "@loyalty_club_pos/app/club/rules/identify";

/** Another till may have served the member since: after this many milliseconds the till asks again. */
const FRESH = 60_000;

const NOT_A_MEMBER = Object.freeze({status: "unknown", message: false, mobile: false, members: []});

export class ClubDesk {
    constructor(pos) {
        this.pos = pos;
        /** By partner id: sheets (false: known not to be a member), and credit that can be spent. */
        this.state = reactive({sheets: {}, credit: {}});
        this.askedAt = new Map();
        this.withoutBalance = new Set();
    }

    /** {id, name, points_program_id, credit_program_id, offline_budget, country_code} or a false value. */
    get club() {
        return this.pos.config?._club;
    }

    get offline() {
        return Boolean(this.pos.data.network.offline);
    }

    /** Points that may be spent now by one order: null with network, else the club's budget. */
    budget(offline = this.offline) {
        return offline ? this.club?.offline_budget || 0 : null;
    }

    async checkNetwork() {
        await this.pos.data.checkConnectivity();
    }

    /** The sheet of a partner, false for somebody who is no member, undefined while nobody asked. */
    sheetOf(partner) {
        return partner ? this.state.sheets[partner.id] : undefined;
    }

    /**
     * Find members by card, mobile or name.
     *
     * @returns {Object} {status, message, mobile, members}; status "offline" without network
     */
    async identify(term) {
        return this._ask("club_identify", [term], () => this._identifyOffline(term));
    }

    /**
     * Make somebody a member.
     *
     * @param {Object} values {mobile, name, card, partner, referrer, agreed, mobileKey, lang}
     * @returns {Object} as `identify`; status "refused" with the server's message when the input is wrong
     */
    async join({mobile, name, card, partner, referrer, agreed, mobileKey, lang}) {
        const args = [
            mobile || false,
            name || false,
            card || false,
            partner?.id || false,
            referrer?.trim() || false,
            agreed || [],
            mobileKey || false,
            lang || false,
        ];
        return this._ask("club_join", args, () => ({
            ...NOT_A_MEMBER,
            status: "offline",
            message: _t("There is no network. Join the customer later; the sale can go on."),
        }));
    }

    /** Have a code sent to the mobile of somebody who joins: {status, message, sent_to, wait}. */
    async sendJoinCode(mobile) {
        return this._call("club_join_code", [mobile]);
    }

    /** Check that code: {status, message, key}. */
    async confirmJoinCode(mobile, code) {
        return this._call("club_join_confirm", [mobile, code]);
    }

    async _call(method, args) {
        try {
            return await this.pos.data.call("pos.config", method, [[this.pos.config.id], ...args]);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return {
                    status: "offline",
                    message: _t("There is no network. Join without a code."),
                };
            }
            if (error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.")) {
                return {status: "refused", message: error.data.message};
            }
            throw error;
        }
    }

    /** Load what the club knows of a customer who was chosen in another way. Never disturbs the sale. */
    async load(partner) {
        const isNew = Date.now() - (this.askedAt.get(partner?.id) || 0) < FRESH;
        if (!this.club || isNew || this.offline || typeof partner?.id !== "number") {
            return;
        }
        this.askedAt.set(partner.id, Date.now());
        const answer = await this._ask("club_sheet", [partner.id], () => null);
        if (answer && !answer.members.length) {
            this.state.sheets[partner.id] = false;
        }
        await this._rewardsChanged(partner);
    }

    /** What is known of the partner is old: ask again when it is needed. */
    forget(partner) {
        if (partner) {
            this.askedAt.delete(partner.id);
        }
    }

    async refresh(partner) {
        this.forget(partner);
        await this.load(partner);
    }

    /** Make a member found by `identify` the customer of the order. */
    async choose(sheet) {
        const partner = this.pos.models["res.partner"].get(sheet.partner_id);
        const order = this.pos.getOrder();
        if (!partner || !order || order.finalized) {
            return false;
        }
        if (order.getPartner()?.id !== partner.id) {
            this.pos.setPartnerToCurrentOrder(partner);
        }
        await this._rewardsChanged(partner);
        return true;
    }

    /** Balances for the partner list: one query for those that nobody asked for yet. */
    async loadBalances(partners) {
        const known = this.pos.partnerId2CouponIds || {};
        const ids = partners
            .map((partner) => partner.id)
            .filter((id) => typeof id === "number" && !known[id] && !this.withoutBalance.has(id));
        await this.loadCredit(partners);
        const programs = this.pos.models["loyalty.program"].filter(isManaged).map(({id}) => id);
        if (!this.club || !ids.length || !programs.length || this.offline) {
            return;
        }
        ids.forEach((id) => this.withoutBalance.add(id));
        try {
            this.pos.models.connectNewData(
                await this.pos.data.call("pos.config", "club_cards_of", [[this.pos.config.id], ids])
            );
        } catch (error) {
            ids.forEach((id) => this.withoutBalance.delete(id));
            this._ignoreIfOffline(error);
        }
    }

    /** What the customers have of the club's credit; core's cards tell of points only. */
    async loadCredit(partners) {
        const ids = partners.map(({id}) => id).filter((id) => typeof id === "number");
        if (!this.club?.credit || !ids.length || this.offline) {
            return;
        }
        try {
            const found = await this.pos.data.call("pos.config", "club_credit_of", [
                [this.pos.config.id],
                ids,
            ]);
            ids.forEach((id) => (this.state.credit[id] = found[id] || 0));
        } catch (error) {
            this._ignoreIfOffline(error);
        }
    }

    async _ask(method, args, without) {
        if (this.offline) {
            return without();
        }
        try {
            const answer = await this.pos.data.call("pos.config", method, [
                [this.pos.config.id],
                ...args,
            ]);
            return this._keep(answer);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                await this.checkNetwork();
                return without();
            }
            if (error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.")) {
                return {...NOT_A_MEMBER, status: "refused", message: error.data.message};
            }
            throw error;
        }
    }

    /** Keep partners, cards and sheets of an answer. */
    _keep({records, ...answer}) {
        this.pos.models.connectNewData(records || {});
        for (const sheet of answer.members) {
            if (!sheet.partner_id) {
                continue;
            }
            this.state.sheets[sheet.partner_id] = sheet;
            this.askedAt.set(sheet.partner_id, Date.now());
            for (const account of sheet.accounts) {
                const card = this.pos.models["loyalty.card"].get(account.card_id);
                if (card) {
                    // what can be spent, which is less than the balance while a part is set aside or not usable yet
                    card.points = sheet.state === "active" ? account.available : 0;
                }
            }
        }
        return answer;
    }

    _identifyOffline(term) {
        const digits = cleanCard(toAscii(term)).replace(/^\+/, "");
        const text = term.trim().toLowerCase();
        const members = Object.values(this.state.sheets).filter(
            (sheet) =>
                sheet &&
                (sheet.card?.number === digits ||
                    sheet.number?.toLowerCase() === text ||
                    (digits.length >= 7 && sheet.mobile?.endsWith(digits.replace(/^0+/, ""))) ||
                    (text.length >= 2 && sheet.name?.toLowerCase().includes(text)))
        );
        if (members.length) {
            return {...NOT_A_MEMBER, status: members.length === 1 ? "member" : "many", members};
        }
        return {
            ...NOT_A_MEMBER,
            status: "offline",
            message: _t(
                "There is no network, and this till has not seen this member today. Choose the customer from the list if he is there; the points are added when the till is online again."
            ),
        };
    }

    /** Core keeps the rewards of an order up to date; a customer's cards have just come or changed. */
    async _rewardsChanged(partner) {
        const order = this.pos.getOrder();
        if (order && !order.finalized && order.getPartner()?.id === partner.id) {
            await this.pos.orderUpdateLoyaltyPrograms();
            this.pos.updateRewards();
        }
    }

    _ignoreIfOffline(error) {
        if (!(error instanceof ConnectionLostError)) {
            throw error;
        }
    }
}

registry.category("services").add("club_desk", {
    dependencies: ["pos"],
    start: (_env, {pos}) => new ClubDesk(pos),
});
