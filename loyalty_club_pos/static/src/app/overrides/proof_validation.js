/** Paying: rewards above the club's limit wait for the member's code or PIN. */

import {patch} from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {clubPrograms, pointsSpent} from "@loyalty_club_pos/app/club/programs";
import {prove} from "@loyalty_club_pos/app/club/proof/prove";

/** A little less than the server's fifteen minutes. */
const GOOD_FOR = 14 * 60_000;

patch(OrderPaymentValidation.prototype, {
    async askBeforeValidation() {
        if ((await super.askBeforeValidation(...arguments)) === false) {
            return false;
        }
        for (const program of clubPrograms(this.pos.models, this.pos.config)) {
            const spent = pointsSpent(this.order, program);
            const key = spent ? await this._clubProve(program.id, spent) : null;
            if (key === false) {
                return false;
            }
            if (key) {
                this.order.club_proof = key;
            }
        }
        return true;
    },
    /** What the member proved before the order came back from the server is good for the next attempt, too. */
    async _clubProve(programId, amount) {
        const {order} = this;
        const partnerId = order.getPartner()?.id;
        const before = order.uiState.clubProof;
        if (
            before?.partnerId === partnerId &&
            before.programId === programId &&
            before.amount >= amount &&
            before.until > Date.now()
        ) {
            return before.key;
        }
        const key = await prove(this.pos, order, programId, amount);
        if (key) {
            const until = Date.now() + GOOD_FOR;
            order.uiState.clubProof = {partnerId, programId, amount, key, until};
        }
        return key;
    },
});
