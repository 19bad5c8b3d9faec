/**
 * Figures of orders as Odoo's own till computes them, by Odoo's own JavaScript.
 *
 * Started with the folder of Odoo's addons; reads {taxes, company, currency, orders} as one line of JSON on standard
 * input and answers with [{lines: [{incl, excl}], total, tax}]. What is here is the glue of
 * point_of_sale/static/src/app/models/accounting/pos_order_accounting.js (_computeAllPrices, setOrderPrices), Odoo 19.0.
 */

import {register} from "node:module";

const [addons] = process.argv.slice(2);
const hooks = `
const stubs = {
    "@web/core/l10n/localization": "export const localization = {};",
    "@web/core/l10n/translation": "export const _t = (text) => text;",
    "@web/core/utils/strings": "export const intersperse = (text) => text;",
};
let addons;
export async function initialize(data) { addons = data.addons; }
export async function resolve(name, context, next) {
    if (name in stubs) {
        return {url: "data:text/javascript," + encodeURIComponent(stubs[name]), shortCircuit: true};
    }
    const found = /^@(\\w+)\\/(.*)$/.exec(name);
    if (found) {
        return {url: "file://" + addons + "/" + found[1] + "/static/src/" + found[2] + ".js", shortCircuit: true};
    }
    return next(name, context);
}
export async function load(url, context, next) {
    return next(url, url.startsWith("file://" + addons) ? {...context, format: "module"} : context);
}`;
register("data:text/javascript," + encodeURIComponent(hooks), {data: {addons}});

const {accountTaxHelpers: helpers} = await import("@account/helpers/account_tax");
const {roundPrecision} = await import("@web/core/utils/numbers");

function figures({taxes, company, currency}, order) {
    const byId = new Map(taxes.map((tax) => [tax.id, tax]));
    const record = (id) => {
        const tax = byId.get(id);
        return {
            ...tax,
            tax_group_id: {id: tax.tax_group_id},
            children_tax_ids: (tax.children_tax_ids || []).map(record),
        };
    };
    const round = (amount) => roundPrecision(amount, currency.rounding);
    const baseLines = order.lines.map((line) =>
        helpers.prepare_base_line_for_taxes_computation(line, {
            quantity: line.qty,
            price_unit: line.price_unit,
            discount: line.discount,
            tax_ids: line.tax_ids.map(record),
            product_id: {id: line.product_id},
            currency_id: currency,
            rate: 1.0,
            is_refund: line.qty * line.price_unit < 0,
        })
    );
    helpers.add_tax_details_in_base_lines(baseLines, company);
    helpers.round_base_lines_tax_details(baseLines, company);
    const totals = helpers.get_tax_totals_summary(baseLines, currency, company, {});
    const sign = order.is_refund ? -1 : 1;
    return {
        lines: baseLines.map(({tax_details: details}) => ({
            incl: round(details.total_included * sign),
            excl: round(details.total_excluded * sign),
        })),
        total: round(totals.total_amount_currency),
        tax: totals.tax_amount_currency,
    };
}

async function read(stream) {
    const chunks = [];
    for await (const chunk of stream) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
}

const given = JSON.parse(await read(process.stdin));
process.stdout.write(JSON.stringify(given.orders.map((order) => figures(given, order))));
