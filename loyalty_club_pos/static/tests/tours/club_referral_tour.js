/** Tour: a customer joins at the till and says who invited him. */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

Club.tour("club_join_invited", () => [
    Club.start(),
    Club.lookUp("0935 123 4568"),
    {
        content: "type a code that nobody has",
        trigger: ".club-join-referrer",
        run: "edit ZZZZZZZ",
    },
    {content: "join", trigger: ".club-join-confirm", run: "click"},
    {
        content: "the code is refused and nothing that was typed is lost",
        trigger: `.club-message.alert-danger:contains("ZZZZZZZ")`,
    },
    Club.joinWith({name: "Reza", referrer: "0912 000 0001"}),
    Club.memberIs("Reza", "0 Points"),
    Chrome.endTour(),
]);
