/** Discount card: scan or type its code, and its discount is on the order; take it off again. */

import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {Dialog} from "@web/core/dialog/dialog";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {
    discountGiven,
    discountLines,
    startDiscount,
    takeOffDiscount,
} from "@loyalty_club_pos/app/club/discount/discount";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";

export class ClubDiscount extends Component {
    static template = "loyalty_club_pos.ClubDiscount";
    static components = {Dialog};
    static props = {close: Function};

    setup() {
        this.pos = usePos();
        this.input = useRef("code");
        this.state = useState({code: "", pin: "", busy: false, message: false});
        const scan = ({code}) => this.onScan(code);
        useBarcodeReader({product: scan, coupon: scan, club_card: scan, error: scan}, true);
        onMounted(() => this.input.el?.focus());
    }

    get order() {
        return this.pos.getOrder();
    }
    get hasDiscount() {
        return discountLines(this.order).length > 0;
    }
    get given() {
        return this.env.utils.formatCurrency(discountGiven(this.order));
    }

    onScan(code) {
        this.state.code = code;
        this.use();
    }

    async use() {
        if (this.state.busy || this.hasDiscount || !this.state.code.trim()) {
            return;
        }
        Object.assign(this.state, {busy: true, message: false});
        try {
            const {code, pin} = this.state;
            const answer = await startDiscount(this.pos, this.order, toAscii(code), toAscii(pin));
            if (answer.isPut) {
                this.props.close();
                return;
            }
            this.state.message =
                answer.message ||
                _t("This till does not know discount cards yet. Reload its page, then try again.");
            this.input.el?.select();
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.message = _t("There is no network, so cards cannot be checked.");
        } finally {
            this.state.busy = false;
        }
    }

    takeOff() {
        takeOffDiscount(this.order);
        this.props.close();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.use();
        }
    }
}
