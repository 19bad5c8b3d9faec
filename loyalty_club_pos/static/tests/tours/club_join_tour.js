/** Tour: a customer joins at the till, confirms his mobile with a code and agrees to offers. */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

Club.tour("club_join_confirmed", () => [
    Club.start(),
    Club.lookUp("0935 123 4569"),
    {content: "send a code", trigger: ".club-join-send", run: "click"},
    {
        content: "it says where the code went",
        trigger: `.club-join-code-message:contains("4569")`,
    },
    {content: "type a wrong code", trigger: ".club-join-code", run: "edit 111111"},
    {content: "join", trigger: ".club-join-confirm", run: "click"},
    {
        content: "the code is refused, and the dialog stays",
        trigger: `.club-join-code-message:contains("Wrong code")`,
    },
    {content: "type the right code", trigger: ".club-join-code", run: "edit 123456"},
    {
        content: "the box is not ticked beforehand",
        trigger: ".club-agree-offers:not(:checked)",
    },
    {content: "he agrees", trigger: ".club-agree-offers", run: "click"},
    Club.joinWith({name: "Mina"}),
    Club.memberIs("Mina", "0 Points"),
    Chrome.endTour(),
]);
