/** Look-up: one box for card, mobile and name. Whoever is not in the club yet joins it right here. */

import {Component, onMounted, useEffect, useRef, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {Dialog} from "@web/core/dialog/dialog";
import {useService} from "@web/core/utils/hooks";
import {useBarcodeReader} from "@point_of_sale/app/hooks/barcode_reader_hook";
import {usePos} from "@point_of_sale/app/hooks/pos_hook";
import {cleanCard} from "@loyalty_club_pos/app/club/rules/identify";

export class ClubLookup extends Component {
    static template = "loyalty_club_pos.ClubLookup";
    static components = {Dialog};
    static props = {
        term: {type: String, optional: true},
        partner: {type: Object, optional: true},
        answer: {type: Object, optional: true},
        close: Function,
    };
    static defaultProps = {term: ""};

    setup() {
        this.pos = usePos();
        this.desk = useService("club_desk");
        this.notification = useService("notification");
        this.input = useRef("term");
        this.nameInput = useRef("name");
        this.mobileInput = useRef("mobile");
        this.state = useState({
            term: this.props.term,
            busy: false,
            message: false,
            refused: false,
            members: [],
            join: false,
        });
        useBarcodeReader({club_card: ({code}) => this.onScan(code)}, true);
        // the first thing that is still missing is where the cashier types on
        useEffect(
            (joins) =>
                joins && (this.state.join.mobile ? this.nameInput : this.mobileInput).el?.focus(),
            () => [Boolean(this.state.join)]
        );
        onMounted(() => this.start());
    }

    start() {
        if (this.props.answer) {
            this.show(this.props.answer);
        } else if (this.props.partner && !this.props.term) {
            this.openJoin({mobile: ""});
        } else if (this.props.term) {
            this.search();
        } else {
            this.input.el?.focus();
        }
    }

    /** A card that is scanned while somebody joins is the card that he gets. */
    async onScan(code) {
        if (this.state.join) {
            this.state.join.card = code;
            return;
        }
        this.state.term = code;
        await this.search();
    }

    async search() {
        const term = this.state.term.trim();
        if (term && !this.state.busy) {
            await this.busyWith(async () => this.show(await this.desk.identify(term)));
        }
    }

    async show(answer) {
        if (answer.status === "member") {
            return this.choose(answer.members[0]);
        }
        this.state.message = answer.message;
        this.state.members = answer.members;
        this.state.join = false;
        if (answer.status === "unknown_mobile") {
            this.openJoin({mobile: answer.mobile});
        } else if (answer.card_state === "stock") {
            this.openJoin({card: cleanCard(this.state.term)});
        } else if (this.props.partner && answer.status === "unknown") {
            this.openJoin({});
        } else {
            this.input.el?.select();
        }
    }

    openJoin({mobile, card}) {
        const {partner} = this.props;
        this.state.join = {
            mobile: mobile || (card ? "" : partner?.phone) || "",
            name: partner?.name || "",
            card: card || "",
            referrer: "",
            lang: partner?.lang || this.desk.club.language || "",
            agreed: {},
            code: "",
            codeMessage: false,
            mobileKey: false,
        };
    }

    async sendCode() {
        const {join} = this.state;
        await this.busyWith(async () => {
            const {message} = await this.desk.sendJoinCode(join.mobile);
            join.codeMessage = message;
        });
    }

    /** The code is checked before joining, so that a wrong one can be typed again. */
    async confirmCode() {
        const {join} = this.state;
        if (!join.code.trim() || join.mobileKey) {
            return true;
        }
        const {key, message} = await this.desk.confirmJoinCode(join.mobile, join.code);
        join.mobileKey = key || false;
        join.codeMessage = message || false;
        return Boolean(key);
    }

    /** Another number was typed: what was confirmed is not this one. */
    onMobileChanged() {
        Object.assign(this.state.join, {mobileKey: false, code: "", codeMessage: false});
    }

    async join() {
        if (this.state.busy) {
            return;
        }
        await this.busyWith(async () => {
            if (!(await this.confirmCode())) {
                return;
            }
            const {agreed, ...join} = this.state.join;
            const answer = await this.desk.join({
                ...join,
                agreed: Object.keys(agreed).filter((purpose) => agreed[purpose]),
                partner: this.props.partner,
            });
            if (answer.status !== "member") {
                this.state.message = answer.message;
                this.state.refused = true;
                return;
            }
            const [sheet] = answer.members;
            this.notification.add(
                answer.created
                    ? _t("%s has joined the club.", sheet.name)
                    : _t("%s is a member already.", sheet.name),
                {type: answer.created ? "success" : "info"}
            );
            await this.choose(sheet);
        });
    }

    async choose(sheet) {
        await this.desk.choose(sheet);
        this.props.close();
    }

    async busyWith(work) {
        this.state.busy = true;
        this.state.message = false;
        this.state.refused = false;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(ev, action) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            ev.stopPropagation();
            action();
        }
    }
}
