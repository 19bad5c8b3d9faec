/** Prove: ask the member for a code or his PIN when the club wants one for what he spends. */

import {ConnectionLostError} from "@web/core/network/rpc";
import {makeAwaitable} from "@point_of_sale/app/utils/make_awaitable_dialog";
import {ClubProof} from "@loyalty_club_pos/app/club/proof/club_proof";

/**
 * Ask for proof when it is needed.
 *
 * @param {Object} pos the store
 * @param {Object} order pos.order that is being paid; the proof is good for it alone
 * @param {Number} programId the managed program that is spent
 * @param {Number} amount what is spent of it
 * @returns {Promise<String|null|false>} the key of the proof; null when none is needed, or when there is no network
 *     to ask; false when the member did not give it
 */
export async function prove(pos, order, programId, amount) {
    const partner = order.getPartner();
    if (!partner || !pos.config._club?.proof || pos.data.network.offline) {
        return null;
    }
    const args = [partner.id, programId, amount, order.uuid];
    const call = (method, ...values) =>
        pos.data.call("pos.config", method, [[pos.config.id], ...values]);
    let look = null;
    try {
        look = await call("club_proof_look", ...args);
    } catch (error) {
        if (error instanceof ConnectionLostError) {
            return null;
        }
        throw error;
    }
    if (!look.needed) {
        return null;
    }
    const key = await makeAwaitable(pos.dialog, ClubProof, {
        look,
        send: () => call("club_proof_send", ...args),
        confirm: (code) => call("club_proof_confirm", partner.id, order.uuid, code),
        confirmPin: (pin) => call("club_proof_pin", ...args, pin),
    });
    return key || false;
}
