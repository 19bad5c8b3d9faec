from . import (
    account_move,
    loyalty_history,
    loyalty_program,
    sale_order,
    sale_order_booked,
    sale_order_core,
    sale_order_due,
    sale_order_line,
    sale_order_member,
    sale_order_reconcile,
)
