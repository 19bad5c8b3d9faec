/** Paying: rewards above the club's limit wait for the member's code or PIN. */

import {patch} from "@web/core/utils/patch";
import OrderPaymentValidation from "@point_of_sale/app/utils/order_payment_validation";
import {clubPrograms, pointsSpent} from "@loyalty_club_pos/app/club/programs";
import {prove} from "@loyalty_club_pos/app/club/proof/prove";

patch(OrderPaymentValidation.prototype, {
    async askBeforeValidation() {
        if ((await super.askBeforeValidation(...arguments)) === false) {
            return false;
        }
        for (const program of clubPrograms(this.pos.models, this.pos.config)) {
            const spent = pointsSpent(this.order, program);
            const key = spent ? await prove(this.pos, this.order, program.id, spent) : null;
            if (key === false) {
                return false;
            }
            if (key) {
                this.order.club_proof = key;
            }
        }
        return true;
    },
});
