/** Orders: core's engine leaves managed programs alone, apart from the rewards that were claimed. */

import {patch} from "@web/core/utils/patch";
import {PosOrder} from "@point_of_sale/app/models/pos_order";
import {customerCard, isManaged} from "@loyalty_club_pos/app/club/programs";
import {managedRewardLines} from "@loyalty_club_pos/app/club/reward_lines";

patch(PosOrder.prototype, {
    /** Without a card there is nothing to spend, and the till makes no cards. */
    _programIsApplicable(program) {
        return (
            super._programIsApplicable(program) &&
            (!isManaged(program) || Boolean(customerCard(this, program)))
        );
    },
    /** What this basket earns can't be spent in it: the server spends before it earns. */
    pointsForPrograms(programs) {
        const result = super.pointsForPrograms(programs.filter((program) => !isManaged(program)));
        for (const program of programs.filter(isManaged)) {
            result[program.id] = [];
        }
        return result;
    },
    /** Managed rewards are offered by the club's own dialog, where the amount is chosen. */
    getClaimableRewards() {
        return super
            .getClaimableRewards(...arguments)
            .filter(({reward}) => !isManaged(reward.program_id));
    },
    getLoyaltyPoints() {
        return super.getLoyaltyPoints(...arguments).filter(({program}) => !isManaged(program));
    },
    _getRewardLineValues(args) {
        const lines = isManaged(args.reward.program_id) ? managedRewardLines(this, args) : null;
        return lines ?? super._getRewardLineValues(args);
    },
});
