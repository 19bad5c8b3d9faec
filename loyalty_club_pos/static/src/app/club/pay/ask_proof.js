/** Asking for proof: what to do when the server wants a payment confirmed by the member. */

import {creditProgram} from "@loyalty_club_pos/app/club/programs";
import {prove} from "@loyalty_club_pos/app/club/proof/prove";

/**
 * Ask the customer of the order to confirm that he pays `amount` with his credit.
 *
 * @returns {Promise<String|false>} the key of the proof, false when he did not give it
 */
export async function askProof(pos, order, amount) {
    return (await prove(pos, order, creditProgram(pos.config).id, amount)) || false;
}
