/** The store: no points of managed programs leave the browser, and no reward is claimed unasked. */

import {patch} from "@web/core/utils/patch";
import {PosStore} from "@point_of_sale/app/services/pos_store";
import {isManaged, withoutClub} from "@loyalty_club_pos/app/club/programs";

patch(PosStore.prototype, {
    /** Paid before the page was closed, and the server has not answered: the goods are gone, it must not refuse. */
    async afterProcessServerData() {
        for (const order of this.models["pos.order"].filter((o) => o.isUnsyncedPaid)) {
            order.club_offline = true;
        }
        return super.afterProcessServerData(...arguments);
    },
    getPotentialFreeProductRewards() {
        return super
            .getPotentialFreeProductRewards(...arguments)
            .filter(({reward}) => !isManaged(reward.program_id));
    },
    async postProcessLoyalty(order) {
        // the server has booked it: what the till knew of the member is old now
        this.env.services.club_desk?.forget(order.partner_id);
        const rest = withoutClub(order);
        return rest.isEmpty ? undefined : super.postProcessLoyalty(rest.order);
    },
});
