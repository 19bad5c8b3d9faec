/** Ticket: what is being paid, for cards that pay for certain products only. */

export function ticketOf(order) {
    return order.lines.map((line) => ({
        product_id: line.product_id.id,
        amount: order.currency.round(line.prices.total_included),
    }));
}
