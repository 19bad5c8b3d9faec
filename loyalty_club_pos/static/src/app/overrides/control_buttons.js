/** Actions of the order screen: what is on a card. */

import {patch} from "@web/core/utils/patch";
import {ControlButtons} from "@point_of_sale/app/screens/product_screen/control_buttons/control_buttons";
import {ClubBalance} from "@loyalty_club_pos/app/club/balance/club_balance";

patch(ControlButtons.prototype, {
    get clubHasCards() {
        return Boolean(this.pos.config._club?.has_cards);
    },
    openClubBalance() {
        this.props.close?.();
        this.pos.dialog.add(ClubBalance);
    },
});
