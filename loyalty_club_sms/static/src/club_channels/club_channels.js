import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/**
 * The ways to a member in the order in which they are tried: "telegram,sms" as a numbered row of names.
 * The names come from the field `channel_names`: a list of {code, name, ready}.
 */
export class ClubChannels extends Component {
    static template = "loyalty_club_sms.ClubChannels";
    static props = {...standardFieldProps};

    get known() {
        return this.props.record.data.channel_names || [];
    }

    get codes() {
        const value = this.props.record.data[this.props.name] || "";
        return value
            .split(",")
            .map((code) => code.trim())
            .filter(Boolean);
    }

    get chosen() {
        return this.codes.map(
            (code) => this.known.find((channel) => channel.code === code) || {code, name: code}
        );
    }

    /** What can be added: ways that the club has set up and that are not in the row yet. */
    get others() {
        return this.known.filter((channel) => channel.ready && !this.codes.includes(channel.code));
    }

    get removeTitle() {
        return _t("Leave it out");
    }

    add(code) {
        return this.change([...this.codes, code]);
    }

    remove(code) {
        return this.change(this.codes.filter((other) => other !== code));
    }

    change(codes) {
        return this.props.record.update({[this.props.name]: codes.join(",")});
    }
}

registry.category("fields").add("club_channels", {
    component: ClubChannels,
    supportedTypes: ["char"],
    fieldDependencies: [{name: "channel_names", type: "json"}],
});
