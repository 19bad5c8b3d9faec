/** Tour: a manager writes a text; the picker and the preview beside it. */

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("club_template", {
    steps: () => [
        {
            content: "type a text",
            trigger: ".o_field_widget[name=body] textarea",
            run: "edit Dear:",
        },
        {
            content: "put the name where the cursor is",
            trigger: ".o_club_placeholders button[data-code=name]",
            run: "click",
        },
        {
            content: "it stands in the text",
            trigger: ".o_field_widget[name=body] textarea:value('Dear:{name}')",
        },
        {
            content: "the preview shows it as a member reads it",
            trigger: ".o_field_widget[name=preview] .o_club_preview:contains('Dear:Sara Ahmadi')",
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "saved",
            trigger: ".o_form_saved, .o_form_status_indicator_buttons.invisible",
        },
    ],
});
