/** Basket: the order on the screen as the plain values that rules/earn.js reads. The twin of pos_order_basket.py. */

import {previewEarn} from "@loyalty_club_pos/app/club/rules/earn";
import {clubPrograms, programDigits} from "@loyalty_club_pos/app/club/programs";

const PAYMENT_TYPES = ["gift_card", "ewallet"];

/** A float of the browser as decimal text without its dust. */
const money = (order, amount) =>
    order.currency.round(amount || 0).toFixed(order.currency.decimal_places);

function rewardKind(line) {
    const reward = line.reward_id;
    if (!reward) {
        return "none";
    }
    // also Odoo's own gift cards and eWallets: nothing proves to the server that one was charged
    return reward.reward_type === "product" ? "free_product" : "discount";
}

/** The goods that a free-product line gives. */
function rewardProduct(order, line) {
    const given = line._reward_product_id?.id;
    const named = (line.reward_id.reward_product_ids || []).map((product) => product.id);
    const inBasket = order.lines.find((l) => !l.reward_id && named.includes(l.product_id.id));
    return given ?? inBasket?.product_id.id ?? named[0] ?? null;
}

/** The price of a line; that of a combo is on the lines of its parts. */
const total = (line, field) =>
    [line, ...(line.combo_line_ids || [])].reduce((sum, part) => sum + part.prices[field], 0);

/** Products that load or sell stored value; tips and the like. */
function specialProducts(order) {
    const stored = order.models["loyalty.program"]
        .getAll()
        .filter((program) => PAYMENT_TYPES.includes(program.program_type))
        .flatMap((program) => (program.trigger_product_ids || []).map((product) => product.id));
    return {
        stored: new Set([...stored, ...(order.config._club?.stored_value_products || [])]),
        special: new Set(order.config._pos_special_products_ids || []),
    };
}

export function basketLines(order, program) {
    const {stored, special} = specialProducts(order);
    return order.lines.map((line) => {
        const reward = rewardKind(line);
        const product = line.product_id.id;
        const amount = total(line, "total_included");
        return {
            key: line.uuid,
            product,
            quantity: String(line.qty),
            amount_incl: money(order, amount),
            amount_excl: money(order, total(line, "total_excluded")),
            reward,
            own_program: line.reward_id?.program_id?.id === program.id,
            reward_product: reward === "free_product" ? rewardProduct(order, line) : null,
            ignore: Boolean(
                stored.has(product) ||
                line.settled_invoice_id ||
                line.settled_order_id ||
                (special.has(product) && amount >= 0)
            ),
            combo_child: Boolean(line.combo_parent_id),
            automatic: reward === "discount" && line.reward_id.program_id?.trigger === "auto",
            returned: Boolean(line.refunded_orderline_id),
        };
    });
}

export function programRules(program) {
    if (program.rules) {
        return program.rules;
    }
    return program.rule_ids
        .filter((rule) => rule.mode === "auto")
        .map((rule) => ({
            id: rule.id,
            products: rule.any_product ? null : [...(rule.validProductIds || [])],
            minimum_quantity: String(rule.minimum_qty || 0),
            minimum_amount: String(rule.minimum_amount || 0),
            minimum_tax_included: rule.minimum_amount_tax_mode === "incl",
            mode: rule.reward_point_mode,
            points: String(rule.reward_point_amount || 0),
        }));
}

/** Whether the program is on today. */
function runs(program) {
    const now = Date.now();
    return (
        (!program.date_from || program.date_from.startOf("day").toMillis() <= now) &&
        (!program.date_to || program.date_to.endOf("day").toMillis() >= now)
    );
}

/** What the order will earn: [{program, points: Number}], without programs that give nothing. */
export function basketEarnings(order, config) {
    return clubPrograms(order.models, config)
        .filter(runs)
        .map((program) => ({
            program,
            points: Number(
                previewEarn(
                    basketLines(order, program),
                    programRules(program),
                    programDigits(program, order.currency)
                ).points
            ),
        }))
        .filter(({points}) => points > 0);
}
