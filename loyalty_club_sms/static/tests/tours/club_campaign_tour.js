/** Tours: a manager makes a campaign and sends it; a manager looks at what became of it. */

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("club_campaign", {
    steps: () => [
        {content: "a new campaign", trigger: ".o_list_button_add", run: "click"},
        {
            content: "its name",
            trigger: ".o_field_widget[name=name] :is(input, textarea)",
            run: "edit Spring",
        },
        {
            content: "all members are the audience unless others are chosen",
            trigger: ".o_field_widget[name=audience_kind] input:checked",
        },
        {
            content: "a text",
            trigger: ".o_field_widget[name=variant_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "look for it",
            trigger: ".o_field_widget[name=variant_ids] .o_field_widget[name=template_id] input",
            run: "edit Spring greet",
        },
        {
            content: "choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Spring greeting)",
            run: "click",
        },
        {content: "count", trigger: "button[name=action_count]", run: "click"},
        {
            content: "three of four get it",
            trigger: ".o_field_widget[name=reach_count]:contains(3)",
        },
        {
            content: "real members read it with their names",
            trigger: ".o_field_widget[name=preview_html]:contains(Dear Member 1, spring is here)",
        },
        {content: "send", trigger: "button[name=action_ask]", run: "click"},
        {
            content: "the question says how many, at what price, and why not the fourth",
            trigger: ".modal:contains(goes to 3 members):contains(never agreed)",
        },
        {content: "yes", trigger: ".modal button[name=action_confirm]", run: "click"},
        {
            content: "it is under way",
            trigger: "body:not(:has(.modal)) button[name=action_stop]",
        },
    ],
});

registry.category("web_tour.tours").add("club_campaign_result", {
    steps: () => [
        {
            content: "the way from the audience to the till",
            trigger: ".o_field_widget[name=results_html]:contains(Recipients):contains(Bought)",
        },
        {
            content: "three messages went: who got them",
            trigger: ".oe_stat_button:has(.o_field_widget[name=sent]:contains(3))",
            run: "click",
        },
        {
            content: "by name, and nobody who never agreed",
            trigger: ".o_list_view:not(:contains(Never asked)) .o_data_row:contains(Member 1)",
        },
    ],
});
