/** Sell: a gift or prepaid card for an amount, on plastic from the stock or on paper. */

import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {Dialog} from "@web/core/dialog/dialog";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {cleanCode, isCode, newCode} from "@loyalty_club_pos/app/club/rules/gift_code";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";
import {readAmount} from "@loyalty_club_pos/app/club/rules/pay";

/** Nobody sells a card for more; a scanned barcode in the amount box does not become one. */
const MOST = 1e12;

export class ClubSell extends Component {
    static template = "loyalty_club_pos.ClubSell";
    static components = {Dialog};
    static props = {
        /** gift or prepaid */
        kind: String,
        title: String,
        price: Number,
        /** Codes of the cards that are in the basket already. */
        taken: Array,
        getPayload: Function,
        close: Function,
    };

    setup() {
        this.pos = usePos();
        this.amountInput = useRef("amount");
        const {price} = this.props;
        this.state = useState({
            typed: price ? price.toFixed(this.digits) : "",
            code: "",
            busy: false,
            message: false,
        });
        const scan = ({code}) => this.onScan(code);
        useBarcodeReader({product: scan, coupon: scan, club_card: scan, error: scan}, true);
        onMounted(() => this.amountInput.el?.select());
    }

    get digits() {
        return this.pos.currency.decimal_places;
    }
    get amount() {
        return readAmount(toAscii(this.state.typed), MOST, this.digits).amount || 0;
    }
    get isPlastic() {
        return Boolean(this.state.code.trim());
    }

    onScan(code) {
        this.state.code = code;
    }

    /** Put the card into the basket; plastic is looked up first, so that a wrong one is noticed before it is paid. */
    async sell() {
        if (!this.amount || this.state.busy) {
            return;
        }
        if (!this.isPlastic) {
            return this.done({code: newCode(), plastic: false});
        }
        const code = cleanCode(toAscii(this.state.code));
        const problem = this.problemOf(code) || (await this.check(code));
        this.state.message = problem;
        if (!problem) {
            this.done({code, plastic: true});
        }
    }

    problemOf(code) {
        if (!isCode(code)) {
            return _t("A card has a code of 16 characters. Scan it again.");
        }
        return this.props.taken.includes(code) && _t("This card is in the basket already.");
    }

    async check(code) {
        this.state.busy = true;
        try {
            const answer = await this.pos.data.call("pos.config", "club_gift_for_sale", [
                [this.pos.config.id],
                this.props.kind,
                code,
                this.amount,
            ]);
            return answer.message;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            return _t("There is no network, so the card cannot be checked. Sell one on paper.");
        } finally {
            this.state.busy = false;
        }
    }

    done(card) {
        this.props.getPayload({amount: this.amount, ...card});
        this.props.close();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.sell();
        }
    }
}
