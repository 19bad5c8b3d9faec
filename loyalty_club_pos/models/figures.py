"""What an order of a till is worth: its lines and its total by Odoo's own tax engine, whatever the till wrote."""

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Figures:
    """``lines`` {order line: (tax included, tax excluded)}, below zero for what comes back. ``total`` with tax."""

    lines: dict
    total: float


def is_tax_data(value):
    """Whether the tax data of a line, which comes from the till, can be read by Odoo's tax engine.

    >>> is_tax_data(False), is_tax_data({"discount_percentage": 5}), is_tax_data("x")
    (True, True, False)
    >>> is_tax_data({"manual_tax_amounts": {"1": {"tax_amount_currency": 5}}})
    False
    """
    if not value:
        return True
    if not isinstance(value, dict):
        return False
    taxes = value.get("manual_tax_amounts") or {}
    if not isinstance(taxes, dict) or not all(isinstance(amounts, dict) for amounts in taxes.values()):
        return False
    numbers = (
        [value.get(name) for name in ("price_unit", "discount", "quantity", "currency_id", "rate")] if taxes else []
    )
    numbers += [amount for amounts in taxes.values() for amount in amounts.values()]
    numbers += [value[name] for name in value if name.startswith("manual_total_")]
    return all(isinstance(number, (int, float)) for number in numbers)


def figures_of(order):
    """Figures of an order in its currency, computed as a till does it (``_computeAllPrices`` of its JavaScript).

    :return: ``Figures``; None when the till sent something that is no number or no tax data
    """
    lines = order.lines
    if not all(isfinite(value) for line in lines for value in (line.qty, line.price_unit, line.discount)):
        return None
    Tax, company = order.env["account.tax"], order.company_id
    try:
        base_lines = [_base_line(Tax, order, line) for line in lines]
        Tax._add_tax_details_in_base_lines(base_lines, company)
        Tax._round_base_lines_tax_details(base_lines, company)
        totals = Tax._get_tax_totals_summary(base_lines, order.currency_id, company)
    except (KeyError, TypeError, AttributeError, ValueError):
        return None  # tax data of a line comes from the till and may be anything
    amounts = {line: _amounts(base) for line, base in zip(lines, base_lines, strict=True)}
    return Figures(amounts, totals["total_amount_currency"])


def _base_line(Tax, order, line):
    config = order.config_id
    # as at the till, which gives the product of a global discount the taxes that it says
    discount = "discount_product_id" in config._fields and line.product_id == config.sudo().discount_product_id
    return Tax._prepare_base_line_for_taxes_computation(
        line,
        currency_id=order.currency_id,
        product_id=line.product_id,
        tax_ids=line.tax_ids if discount else line.tax_ids_after_fiscal_position,
        price_unit=line.price_unit,
        quantity=line.qty,
        discount=line.discount,
        rate=1.0,
        is_refund=line.qty * line.price_unit < 0,
    )


def _amounts(base_line):
    details = base_line["tax_details"]
    return details["total_included_currency"], details["total_excluded_currency"]
