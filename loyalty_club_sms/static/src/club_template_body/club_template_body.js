import {localization} from "@web/core/l10n/localization";
import {registry} from "@web/core/registry";
import {useDebounced} from "@web/core/utils/timing";
import {TextField, textField} from "@web/views/fields/text/text_field";

/**
 * A text with placeholders: a click puts one where the cursor is, and the preview follows the typing.
 * The placeholders and their samples come from the field `placeholder_list`.
 */
export class ClubTemplateBody extends TextField {
    static template = "loyalty_club_sms.ClubTemplateBody";

    setup() {
        super.setup();
        this.commitSoon = useDebounced(() => this.commit(), 600);
    }

    /** A space at the end stays: a placeholder may follow it. Rendering strips the text. */
    parse(value) {
        return value;
    }

    /** The direction of the words themselves: a text often begins with a placeholder, which is Latin. */
    get direction() {
        const words = (this.props.record.data[this.props.name] || "").replace(/\{[^{}]*\}/g, "");
        const letter = words.match(/\p{L}/u);
        if (!letter) {
            return localization.direction;
        }
        return /[\u0590-\u08ff]/.test(letter[0]) ? "rtl" : "ltr";
    }

    get placeholders() {
        return this.props.record.data.placeholder_list || [];
    }

    /** Hand the text over, so that the server shows it as members read it. */
    commit() {
        const textarea = this.textareaRef.el;
        if (textarea) {
            return this.props.record.update({[this.props.name]: this.parse(textarea.value)});
        }
    }

    insert(code) {
        const textarea = this.textareaRef.el;
        textarea.focus();
        textarea.setRangeText(`{${code}}`, textarea.selectionStart, textarea.selectionEnd, "end");
        textarea.dispatchEvent(new InputEvent("input", {bubbles: true}));
        textarea.dispatchEvent(new Event("change", {bubbles: true}));
    }
}

registry.category("fields").add("club_template_body", {
    ...textField,
    component: ClubTemplateBody,
    fieldDependencies: [{name: "placeholder_list", type: "json"}],
});
