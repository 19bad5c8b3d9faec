"""The check of what tills booked: every payment with stored value was taken from it, every use given back came back."""

from odoo import api, models

#: A payment with stored value counts when the ledger says so: its hold was captured by this order, or it was taken
#: without network, or given back by a refund; or a person was told that nobody could be charged.
PAYMENTS = """
    SELECT o.id AS "pos.order", p.uuid AS payment, p.amount FROM pos_payment p
      JOIN pos_payment_method m ON m.id = p.payment_method_id AND m.club_kind IS NOT NULL
      JOIN pos_order o ON o.id = p.pos_order_id AND o.state NOT IN ('draft', 'cancel')
     WHERE p.amount <> 0
       AND NOT EXISTS (SELECT FROM loyalty_club_entry e JOIN loyalty_club_posting l ON l.entry_id = e.id
                        WHERE e.origin_model = 'pos.order' AND e.origin_id = o.id
                          AND CASE WHEN p.amount > 0
                                   THEN e.kind = 'redeem' AND e.key IN ('hold:pos.payment:' || p.uuid,
                                                                        'pos.payment:' || p.uuid || ':redeem')
                                   ELSE e.kind IN ('reverse', 'load')
                                        AND starts_with(e.key, 'pos.payment:' || p.uuid || ':') END
                       HAVING abs(SUM(l.amount) - abs(p.amount)::numeric) < 0.0005)
       AND NOT EXISTS (SELECT FROM loyalty_club_exception x
                        WHERE x.kind IN ('refused', 'refund') AND x.origin_model = 'pos.order'
                          AND x.origin_id = o.id)"""
USES = """
    SELECT u.origin_id AS "pos.order", u.key FROM loyalty_club_gift_use u
     WHERE u.origin_model = 'pos.order' AND u.undone_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM pos_order_line l JOIN pos_order_line back ON back.refunded_orderline_id = l.id
                         JOIN pos_order o ON o.id = back.order_id AND o.state NOT IN ('draft', 'cancel')
                        WHERE l.order_id = u.origin_id AND l.club_discount_gift_id = u.gift_id)"""


class LoyaltyClubCheck(models.AbstractModel):
    _inherit = "loyalty.club.check"

    @api.model
    def _club_invariants(self):
        return [
            *super()._club_invariants(),
            ("till_payments", "What credit and cards paid at a till was taken from them, and no more.", PAYMENTS),
            ("till_uses", "A discount card that was given a use back at a till had its discount returned.", USES),
        ]
