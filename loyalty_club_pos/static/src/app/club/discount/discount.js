/**
 * The discount of a discount card as lines: one for each group of taxes, so that it reduces what each tax is paid on.
 *
 * How much it is, is the server's to say: when the card is scanned, and again before the order is paid.
 */

import {accountTaxHelpers} from "@account/helpers/account_tax";

export const isDiscountLine = (line) => Boolean(line.club_discount_token);

export const discountLines = (order) => order.lines.filter(isDiscountLine);

const goodsOf = (order) => order.lines.filter((line) => !isDiscountLine(line));

/** What the card may reduce: the lines without its own discount. */
export const discountTicket = (order) =>
    goodsOf(order).map((line) => ({
        product_id: line.product_id.id,
        amount: order.currency.round(line.prices.total_included),
    }));

export function takeOffDiscount(order) {
    discountLines(order).forEach((line) => order.removeOrderline(line));
}

/** Total of the discount on the order, as a positive number. */
export const discountGiven = (order) =>
    order.currency.round(
        -discountLines(order).reduce((sum, line) => sum + line.prices.total_included, 0)
    );

/**
 * Put the discount of an answer of the server (see `club_discount_start`) on the order, instead of the one before.
 *
 * @returns {boolean} false when the till does not know the product of the discount
 */
export async function putDiscount(pos, order, answer) {
    const product = order.models["product.product"].get(pos.config._club.discount_product_id);
    if (!product) {
        return false;
    }
    takeOffDiscount(order);
    const reduced = new Set(answer.product_ids);
    const baseLines = goodsOf(order)
        .filter((line) => reduced.has(line.product_id.id))
        .map((line) =>
            accountTaxHelpers.prepare_base_line_for_taxes_computation(
                line,
                line.prepareBaseLineForTaxesComputationExtraValues()
            )
        );
    accountTaxHelpers.add_tax_details_in_base_lines(baseLines, order.company_id);
    accountTaxHelpers.round_base_lines_tax_details(baseLines, order.company_id);
    const discounts = accountTaxHelpers.prepare_global_discount_lines(
        baseLines,
        order.company_id,
        "fixed",
        answer.amount,
        {
            computation_key: "club_discount",
            grouping_function: () => ({
                grouping_key: {product_id: product},
                raw_grouping_key: {product_id: product.id},
            }),
        }
    );
    for (const base of discounts) {
        await pos.addLineToOrder(
            {
                product_id: product,
                product_tmpl_id: product.product_tmpl_id,
                price_unit: base.price_unit,
                qty: base.quantity,
                tax_ids: [["link", ...base.tax_ids]],
                extra_tax_data: accountTaxHelpers.export_base_line_extra_tax_data(base),
                club_discount_token: answer.token,
            },
            order,
            {force: true, merge: false},
            false
        );
    }
    return true;
}

const negated = (values, fields) =>
    Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
            name,
            fields.test(name) && value ? -value : value,
        ])
    );

/** A discount that comes back as a whole has the very taxes it was given with, not those of a price rounded again. */
export function setExactTaxes(line, origin) {
    const given = origin.extra_tax_data;
    if (!given || line.qty !== -origin.qty) {
        return;
    }
    const taxes = Object.entries(given.manual_tax_amounts || {}).map(([id, amounts]) => [
        id,
        negated(amounts, /^(base|tax)_amount/),
    ]);
    line.extra_tax_data = {
        ...negated(given, /^(quantity|manual_total_excluded)/),
        ...(given.manual_tax_amounts && {manual_tax_amounts: Object.fromEntries(taxes)}),
    };
    if (given.price_unit) {
        // not the rounded one of the database; and core computes the line again for a new price only
        line.price_unit = given.price_unit;
    }
}

const call = (pos, method, ...args) =>
    pos.data.call("pos.config", method, [[pos.config.id], ...args]);

/** Ask for the discount of a card; the server's answer, put on the order when it is one. */
export async function startDiscount(pos, order, code, pin) {
    const ticket = discountTicket(order);
    const answer = await call(pos, "club_discount_start", order.uuid, code, pin || false, ticket);
    answer.isPut = answer.status === "ok" && (await putDiscount(pos, order, answer));
    return answer;
}

/**
 * Have the discount on the order follow what is on it now.
 *
 * @returns {Object} {changed, message}: whether the total is another one, and why the discount is gone
 */
export async function refreshDiscount(pos, order) {
    const [line] = discountLines(order);
    if (!line) {
        return {changed: false, message: false};
    }
    const before = discountGiven(order);
    const token = line.club_discount_token;
    const ticket = discountTicket(order);
    const answer = await call(pos, "club_discount_again", order.uuid, token, ticket);
    if (answer.status !== "ok") {
        takeOffDiscount(order);
        return {changed: true, message: answer.message};
    }
    const isSame = order.currency.isZero(before - answer.amount);
    if (!isSame) {
        await putDiscount(pos, order, answer);
    }
    return {changed: !isSame, message: false};
}
