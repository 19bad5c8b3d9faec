/** Tour: in the office, a manager of the club allows a large return to credit on the sale. */

import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("club_allow_refund", {
    steps: () => [
        {
            content: "allow it",
            trigger: "button[name=action_club_allow_refund]",
            run: "click",
        },
        {
            content: "it says what follows",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "his name is kept with it",
            trigger: '[name=club_refund_allowed_by_id]:contains("Refund boss")',
        },
        {
            content: "once is enough",
            trigger: "body:not(:has(button[name=action_club_allow_refund]))",
        },
    ],
});
