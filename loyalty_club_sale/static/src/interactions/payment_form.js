/** The club's part of Odoo's payment form: credit, or a card's code, pays the transaction at once. */
import {rpc, RPCError} from "@web/core/network/rpc";
import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";
import {PaymentForm} from "@payment/interactions/payment_form";

const CODE = "loyalty_club";

patch(PaymentForm.prototype, {
    /** @override */
    async _prepareInlineForm(providerId, providerCode, paymentOptionId, paymentMethodCode, flow) {
        if (providerCode !== CODE) {
            await super._prepareInlineForm(...arguments);
            return;
        }
        if (flow !== "token") {
            this._setPaymentFlow("direct");
        }
    },

    /** @override */
    async _processDirectFlow(providerCode, paymentOptionId, paymentMethodCode, processingValues) {
        if (providerCode !== CODE) {
            await super._processDirectFlow(...arguments);
            return;
        }
        const form = document.querySelector(
            `[data-club-provider="${processingValues.provider_id}"]`
        );
        const read = (name) => form?.querySelector(`[name="${name}"]`)?.value || null;
        try {
            const answer = await this.waitFor(
                rpc("/payment/loyalty_club/pay", {
                    reference: processingValues.reference,
                    code: read("club_code"),
                    pin: read("club_pin"),
                    confirmation: read("club_confirmation"),
                })
            );
            if (answer.question) {
                // the next press of the button comes with the code that is on its way to his mobile
                const place = form.querySelector('[data-club-part="confirmation"]');
                place.classList.remove("d-none");
                place.querySelector("[data-club-part='question']").textContent = answer.question;
                this._enableButton();
                return;
            }
            window.location = "/payment/status";
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this._displayErrorDialog(_t("The payment was not made"), error.data.message);
            this._enableButton();
        }
    },
});
