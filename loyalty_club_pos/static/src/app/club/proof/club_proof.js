/** Proof: the box for the code that the member got, or for his PIN. */

import {Component, onWillUnmount, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {ConnectionLostError, RPCError} from "@web/core/network/rpc";
import {Dialog} from "@web/core/dialog/dialog";
import {toAscii} from "@loyalty_club_pos/app/club/rules/identify";

export class ClubProof extends Component {
    static template = "loyalty_club_pos.ClubProof";
    static components = {Dialog};
    static props = {
        /** {name, amount, sent_to, has_pin, pin_locked} */
        look: Object,
        send: Function,
        confirm: Function,
        confirmPin: Function,
        getPayload: Function,
        close: Function,
    };

    setup() {
        const {sent_to: sentTo, has_pin: hasPin} = this.props.look;
        this.input = useRef("input");
        this.state = useState({
            way: !sentTo && hasPin ? "pin" : "code",
            sent: false,
            typed: "",
            wait: 0,
            busy: false,
            message: false,
            isError: false,
        });
        useEffect(
            () => this.input.el?.focus(),
            () => [this.state.way, this.state.sent]
        );
        onWillUnmount(() => clearInterval(this.clock));
    }

    get title() {
        return _t("Confirm: %s", this.props.look.amount);
    }
    get inputLabel() {
        return this.state.way === "pin" ? _t("PIN") : _t("Code");
    }
    get isTyping() {
        return this.state.way === "pin" || this.state.sent;
    }
    get typed() {
        return toAscii(this.state.typed).replace(/\D/g, "");
    }
    get isComplete() {
        const {length} = this.typed;
        return this.state.way === "pin" ? length >= 4 && length <= 8 : length === 6;
    }
    get hasNoWay() {
        return !this.props.look.sent_to && !this.props.look.has_pin;
    }
    get sendLabel() {
        const {sent_to: to} = this.props.look;
        if (this.state.wait) {
            return _t("Send again in %s s", this.state.wait);
        }
        return this.state.sent ? _t("Send again to %s", to) : _t("Send code to %s", to);
    }

    choose(way) {
        Object.assign(this.state, {way, typed: "", message: false, isError: false});
    }

    type(text) {
        this.state.typed = text;
    }

    say(message, isError = true) {
        Object.assign(this.state, {message, isError});
    }

    /** One call at a time; without network the member can't prove himself here. */
    async ask(call) {
        if (this.state.busy) {
            return null;
        }
        this.state.busy = true;
        try {
            return await call();
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.say(_t("There is no network. Pay in another way, or wait for it."));
                return null;
            }
            if (error instanceof RPCError && error.exceptionName?.startsWith("odoo.exceptions.")) {
                this.say(error.data.message);
                return null;
            }
            throw error;
        } finally {
            this.state.busy = false;
        }
    }

    async send() {
        const answer = await this.ask(() => this.props.send());
        if (!answer) {
            return;
        }
        this.say(answer.message, answer.status !== "sent");
        if (answer.status === "sent") {
            Object.assign(this.state, {sent: true, typed: ""});
        }
        // a box for the code that was sent just before is of use, too
        this.state.sent = this.state.sent || answer.status === "limited";
        this.count(answer.wait);
    }

    count(seconds) {
        clearInterval(this.clock);
        this.state.wait = seconds;
        this.clock = setInterval(() => {
            this.state.wait = Math.max(0, this.state.wait - 1);
            if (!this.state.wait) {
                clearInterval(this.clock);
            }
        }, 1000);
    }

    async confirm() {
        if (!this.isComplete) {
            return;
        }
        const check = this.state.way === "pin" ? this.props.confirmPin : this.props.confirm;
        const answer = await this.ask(() => check(this.typed));
        if (!answer) {
            return;
        }
        if (answer.status === "confirmed") {
            this.props.getPayload(answer.key);
            this.props.close();
            return;
        }
        this.say(answer.message);
        this.state.typed = "";
        if (["failed", "expired"].includes(answer.status) && this.state.way === "code") {
            this.state.sent = false;
        }
        this.input.el?.focus();
    }

    onKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            this.confirm();
        }
    }
}
