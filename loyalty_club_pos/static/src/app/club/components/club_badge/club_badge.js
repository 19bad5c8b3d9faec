/** Badge: the member on the order screen, with what he has, what this basket gives him and what he can do with it. */

import {Component, useEffect, useState} from "@odoo/owl";
import {formatDate, deserializeDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useService} from "@web/core/utils/hooks";
import {AlertDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {basketEarnings} from "@loyalty_club_pos/app/club/basket";
import {ClubLookup} from "@loyalty_club_pos/app/club/components/club_lookup/club_lookup";
import {ClubSpend} from "@loyalty_club_pos/app/club/components/club_spend/club_spend";
import {formatPoints} from "@loyalty_club_pos/app/club/format";
import {canClaim, rewardOffers} from "@loyalty_club_pos/app/club/offers";
import {clubPrograms} from "@loyalty_club_pos/app/club/programs";

export class ClubBadge extends Component {
    static template = "loyalty_club_pos.ClubBadge";
    static props = {};

    setup() {
        this.pos = usePos();
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.desk = useService("club_desk");
        this.sheets = useState(this.desk.state).sheets;
        useBarcodeReader({club_card: ({code}) => this.onScan(code)});
        useHotkey("alt+m", () => this.openLookup(), {bypassEditableProtection: true});
        useEffect(
            (partner) => {
                this.desk.load(partner);
            },
            () => [this.partner, this.offline]
        );
    }

    get order() {
        return this.pos.getOrder();
    }
    get partner() {
        return this.order?.getPartner();
    }
    get sheet() {
        return this.partner && this.sheets[this.partner.id];
    }
    /** Read through the component, so that it is drawn again when the network goes or comes. */
    get offline() {
        return this.pos.data.network.offline;
    }
    get budget() {
        return this.desk.budget(this.offline);
    }
    get isActive() {
        return this.sheet?.state === "active";
    }

    get balances() {
        return clubPrograms(this.pos.models, this.pos.config).map((program, index) => {
            const account = this.sheet.accounts.find(({program_id: id}) => id === program.id);
            return {
                id: program.id,
                isPoints: index === 0,
                text: this.format(account?.available || 0, program),
                debt: account?.debt ? this.format(account.debt, program) : false,
                isEmpty: !account?.available,
            };
        });
    }

    get earnings() {
        return basketEarnings(this.order, this.pos.config).map(({program, points}) =>
            _t("+%s with this basket", this.format(points, program))
        );
    }

    /** Beside the look-up: what a member would get, so that the cashier can say it. */
    get hint() {
        const [first] = basketEarnings(this.order, this.pos.config);
        return first
            ? _t("members get %s", this.format(first.points, first.program))
            : _t("card, mobile or name");
    }

    get expiring() {
        const {expiring} = this.sheet;
        const [program] = clubPrograms(this.pos.models, this.pos.config);
        return (
            expiring &&
            program &&
            _t("%(amount)s expire on %(date)s", {
                amount: this.format(expiring.amount, program),
                date: formatDate(deserializeDate(expiring.on)),
            })
        );
    }

    get spending() {
        const offers = rewardOffers(this.order, this.pos.config, this.budget);
        return {
            isPossible: this.isActive && offers.some((offer) => offer.isClaimed || canClaim(offer)),
            spent: offers
                .filter(({claimed}) => claimed)
                .map(({claimed, program}) => `−${this.format(claimed, program)}`),
        };
    }

    get networkNotice() {
        if (!this.offline) {
            return false;
        }
        const [program] = clubPrograms(this.pos.models, this.pos.config);
        return this.budget
            ? _t(
                  "No network: up to %s can be spent per order; the rest is settled later.",
                  this.format(this.budget, program)
              )
            : _t("No network: points can't be spent now. What is earned is added later.");
    }

    format(amount, program) {
        return formatPoints(amount, program, this.pos.currency);
    }

    async onScan(number) {
        const answer = await this.desk.identify(number);
        if (answer.status === "member") {
            await this.desk.choose(answer.members[0]);
        } else if (answer.card_state === "stock") {
            this.openLookup({answer, term: number});
        } else {
            this.dialog.add(AlertDialog, {
                title: _t("Card not accepted"),
                body: answer.message || _t("No card has the number %s.", number),
            });
        }
    }

    openLookup(props = {}) {
        if (!this.desk.club || this.isLookupOpen) {
            return;
        }
        this.isLookupOpen = true;
        this.dialog.add(ClubLookup, props, {onClose: () => (this.isLookupOpen = false)});
    }

    joinCustomer() {
        this.openLookup({partner: this.partner, term: this.partner.phone || ""});
    }

    openSpend() {
        this.dialog.add(ClubSpend, {order: this.order});
    }
}
