"""Paying in the portal with credit or a card."""

from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing
from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..models.payment_provider import CODE


class ClubPaymentController(Controller):
    @route("/payment/loyalty_club/pay", type="jsonrpc", auth="public")
    def loyalty_club_pay(self, reference, code=None, pin=None, confirmation=None):
        """Pay the transaction that this visitor has just started.

        The amount is the server's: what is open of the document, and what there is.

        :param str reference: of the transaction; another visitor's is refused
        :param str code: of the card that pays; without meaning for credit, which is that of whoever is logged in
        :param str pin: of the card, if it has one
        :param str confirmation: the one-time code from his mobile, if he was asked for one
        :return: the state of the payment, and the message that asks for a one-time code if it needs one
        :raises UserError: says what to do
        """
        transaction = self._club_own_transaction(reference)
        provider = transaction.provider_id
        if provider.club_kind == "credit":
            account = provider._club_own_account()
            if not account:
                raise UserError(request.env._("Log in as a member with credit, or choose another payment method."))
        else:
            account = request.env["account.payment"]._club_read_code(
                provider.club_id, provider.club_kind, str(code or ""), str(pin or "")
            )
        question = transaction._club_pay(
            account.sudo(), confirmation and str(confirmation), request.httprequest.remote_addr
        )
        return {"state": transaction.state, "question": question}

    def _club_own_transaction(self, reference):
        """The transaction of this reference, if this session started it.

        :raises UserError: it did not
        """
        started = request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY)
        # visitors have no rights on transactions; the session says which one is theirs
        transaction = request.env["payment.transaction"].sudo().browse(started).exists()
        if not transaction or transaction.reference != reference or transaction.provider_code != CODE:
            raise UserError(request.env._("This payment is over. Open the document again."))
        return transaction
