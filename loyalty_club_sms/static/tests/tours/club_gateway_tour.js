/** Tour: an administrator sets up a gateway with its line, and sends a test that the gateway takes. */

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("club_gateway", {
    steps: () => [
        {content: "a new gateway", trigger: ".o_list_button_add", run: "click"},
        {
            content: "its name",
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Our Kavenegar",
        },
        {
            content: "open the vendors",
            trigger: ".o_field_widget[name=type] input",
            run: "click",
        },
        {
            content: "the vendor",
            trigger: ".o_select_menu_item:contains(Kavenegar)",
            run: "click",
        },
        {
            content: "the key; a vendor with a key alone asks for no password",
            trigger:
                ".o_form_view:not(:has(.o_field_widget[name=password])) .o_field_widget[name=api_key] input",
            run: "edit k3y-of-the-shop/1",
        },
        {
            content: "a line",
            trigger: ".o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "its number; the purpose is service unless something else is chosen",
            trigger: ".o_field_widget[name=line_ids] .o_field_widget[name=number] input",
            run: "edit 10004346",
        },
        {content: "save", trigger: ".o_form_button_save", run: "click"},
        {
            content: "nothing is missing any more: send a test",
            trigger: ".o_form_view:not(:contains(Still missing)) button:contains(Send a test)",
            run: "click",
        },
        {
            content: "to this mobile",
            trigger: ".modal .o_field_widget[name=number] input",
            run: "edit 0912 123 4567",
        },
        {
            content: "this text",
            trigger: ".modal .o_field_widget[name=body] textarea",
            run: "edit Does it work?",
        },
        {content: "send", trigger: ".modal button[name=action_send]", run: "click"},
        {content: "it was taken", trigger: ".modal .badge:contains(The gateway took it)"},
        {
            content: "close",
            trigger: ".modal .btn-secondary:contains(Close)",
            run: "click",
        },
        {content: "closed", trigger: "body:not(:has(.modal))"},
    ],
});
