/** Balance: what is on a gift or prepaid card, for the customer who shows it. */

import {Component, onMounted, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError} from "@web/core/network/rpc";
import {Dialog} from "@web/core/dialog/dialog";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {lastFour} from "@loyalty_club_pos/app/club/rules/gift_code";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";

export class ClubBalance extends Component {
    static template = "loyalty_club_pos.ClubBalance";
    static components = {Dialog};
    static props = {close: Function};

    setup() {
        this.pos = usePos();
        this.input = useRef("code");
        this.state = useState({code: "", pin: "", busy: false, message: false, found: false});
        const scan = ({code}) => this.onScan(code);
        useBarcodeReader({product: scan, coupon: scan, club_card: scan, error: scan}, true);
        onMounted(() => this.input.el?.focus());
    }

    get who() {
        return _t("Card ending in %s", this.state.found.lastFour);
    }

    onScan(code) {
        this.state.code = code;
        this.look();
    }

    async look() {
        if (this.state.busy || !this.state.code.trim()) {
            return;
        }
        Object.assign(this.state, {busy: true, message: false, found: false});
        try {
            const answer = await this.pos.data.call("pos.config", "club_gift_balance", [
                [this.pos.config.id],
                toAscii(this.state.code),
                toAscii(this.state.pin) || false,
            ]);
            if (answer.status === "ok") {
                this.state.found = {...answer, lastFour: lastFour(toAscii(this.state.code))};
                this.state.code = this.state.pin = "";
            } else {
                this.state.message = answer.message;
                this.input.el?.select();
            }
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.message = _t("There is no network, so cards cannot be checked.");
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.look();
        }
    }
}
