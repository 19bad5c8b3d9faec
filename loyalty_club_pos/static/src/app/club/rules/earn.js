/**
 * Earn: what the basket on the screen will earn, before the server decides. The twin of rules/scoring.py.
 *
 * Pure: no imports, no Odoo. Amounts are exact fractions of BigInt, so the figure on the screen is the figure that is
 * booked; tests/vectors/scoring.json holds for both. The rules are explained in scoring.py and only there.
 */

const ZERO = {n: 0n, d: 1n};
const ONE = {n: 1n, d: 1n};
const REWARDS = ["none", "discount", "free_product", "payment"];

/** A number or decimal text as an exact fraction; a float means the decimal that it prints. */
export function exact(value) {
    const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(String(value).trim());
    if (!match || !(match[2] + match[3])) {
        throw new Error(`not a number: ${value}`);
    }
    const [, sign, whole, decimals, exponent] = match;
    const power = Number(exponent || 0) - decimals.length;
    const digits = BigInt(whole + decimals) * (sign === "-" ? -1n : 1n);
    return power < 0
        ? reduced(digits, 10n ** BigInt(-power))
        : reduced(digits * 10n ** BigInt(power), 1n);
}

/** In lowest terms: long baskets would otherwise grow numbers of thousands of digits. `d` is positive. */
function reduced(n, d) {
    let [a, b] = [n < 0n ? -n : n, d];
    while (b) {
        [a, b] = [b, a % b];
    }
    return {n: n / a, d: d / a};
}

const plus = (a, b) => reduced(a.n * b.d + b.n * a.d, a.d * b.d);
const minus = (a, b) => reduced(a.n * b.d - b.n * a.d, a.d * b.d);
const times = (a, b) => reduced(a.n * b.n, a.d * b.d);
/** `a / b` for a positive `b`. */
const over = (a, b) => reduced(a.n * b.d, a.d * b.n);
const less = (a, b) => a.n * b.d < b.n * a.d;
const atLeastZero = (a) => (a.n < 0n ? ZERO : a);
const sum = (values) => values.reduce(plus, ZERO);

/** The fraction as decimal text with `digits` decimals, rounded down. */
export function floorText(fraction, digits) {
    const scaled = fraction.n * 10n ** BigInt(digits);
    let units = scaled / fraction.d;
    if (scaled < 0n && units * fraction.d !== scaled) {
        units -= 1n;
    }
    const text = String(units < 0n ? -units : units).padStart(digits + 1, "0");
    const cut = text.length - digits;
    return (units < 0n ? "-" : "") + text.slice(0, cut) + (digits ? "." + text.slice(cut) : "");
}

/** Reduce `amounts` of `keys` in proportion, not below zero; returns what couldn't be taken. */
function takeOff(amounts, keys, wanted) {
    const take = atLeastZero(wanted);
    const total = sum(keys.map((key) => amounts.get(key)));
    if (total.n > 0n) {
        const kept = atLeastZero(minus(ONE, over(take, total)));
        for (const key of keys) {
            amounts.set(key, times(amounts.get(key), kept));
        }
    }
    return atLeastZero(minus(take, total));
}

/** Calls `use(keys of the product's lines, free lines of the product)` for each product that is given free. */
function perFreeProduct(goods, free, use) {
    for (const product of new Set(free.map((line) => line.reward_product ?? null))) {
        const keys = goods.filter((line) => line.product === product).map((line) => line.key);
        use(
            keys,
            free.filter((line) => (line.reward_product ?? null) === product)
        );
    }
}

function paidUnits(goods, free) {
    const units = new Map(goods.map((line) => [line.key, exact(line.quantity)]));
    perFreeProduct(goods, free, (keys, lines) => {
        takeOff(units, keys, sum(lines.map((line) => exact(line.quantity))));
    });
    return units;
}

function netAmounts(goods, free, cuts, field) {
    const amounts = new Map(goods.map((line) => [line.key, atLeastZero(exact(line[field]))]));
    const taken = (lines) => minus(ZERO, sum(lines.map((line) => exact(line[field]))));
    let rest = taken(cuts);
    perFreeProduct(goods, free, (keys, lines) => {
        rest = plus(rest, takeOff(amounts, keys, taken(lines)));
    });
    takeOff(amounts, [...amounts.keys()], rest);
    return amounts;
}

/** The share of the goods that is left after what comes back without its sale. */
function keptShare(goods, returns) {
    const back = minus(ZERO, sum(returns.map((line) => exact(line.amount_incl))));
    const whole = sum(goods.map((line) => exact(line.amount_incl)));
    if (whole.n <= 0n) {
        return back.n > 0n ? ZERO : ONE;
    }
    return atLeastZero(minus(ONE, over(back, whole)));
}

/** The lines that can earn, net of what rewards took off. */
function goodsOf(allLines) {
    if (new Set(allLines.map((line) => line.key)).size !== allLines.length) {
        throw new Error("two lines have the same key");
    }
    if (allLines.some((line) => !REWARDS.includes(line.reward || "none"))) {
        throw new Error("unknown kind of reward");
    }
    const kind = (line) => line.reward || "none";
    const negative = (line) => exact(line.amount_incl).n < 0n;
    const seen = allLines.filter((line) => !line.ignore && !line.combo_child);
    // goods that come back and name no sale
    const returns = seen.filter(
        (line) => exact(line.quantity).n < 0n && negative(line) && !line.returned
    );
    const lines = seen.filter((line) => exact(line.quantity).n > 0n);
    const goods = lines.filter((line) => kind(line) === "none" && !negative(line));
    const kept = keptShare(goods, returns);
    if (kept.n === 0n) {
        return [];
    }
    const free = lines.filter((line) => kind(line) === "free_product" && negative(line));
    const cuts = lines.filter(
        (line) => ["none", "discount"].includes(kind(line)) && negative(line)
    );
    const countingCuts = cuts
        .filter((line) => !line.own_program && !line.automatic)
        .concat(returns);
    cuts.push(...returns);
    const units = paidUnits(goods, free);
    const paid = netAmounts(goods, free, cuts, "amount_incl");
    const countedIncl = netAmounts(goods, free, countingCuts, "amount_incl");
    const countedExcl = netAmounts(goods, free, countingCuts, "amount_excl");
    return goods.map(({key, product}) => ({
        product,
        units: times(units.get(key), kept),
        paid: paid.get(key),
        countedIncl: countedIncl.get(key),
        countedExcl: countedExcl.get(key),
    }));
}

/** Why a rule doesn't fire, or null. */
function refusal(rule, covered) {
    const no = (code, need, have) => ({rule_id: rule.id, code, need: String(need), have});
    if (!covered.length) {
        return no("no_product", rule.minimum_quantity, "0");
    }
    const field = rule.minimum_tax_included ? "countedIncl" : "countedExcl";
    const amount = sum(covered.map((item) => item[field]));
    if (less(amount, exact(rule.minimum_amount))) {
        return no("minimum_amount", rule.minimum_amount, floorText(amount, 6));
    }
    const quantity = sum(covered.map((item) => item.units));
    if (less(quantity, exact(rule.minimum_quantity))) {
        return no("minimum_quantity", rule.minimum_quantity, floorText(quantity, 6));
    }
    return null;
}

function earned(rule, covered) {
    const points = atLeastZero(exact(rule.points));
    switch (rule.mode) {
        case "order":
            return points;
        case "money":
            return times(points, sum(covered.map((item) => item.paid)));
        case "unit":
            return times(points, sum(covered.map((item) => item.units)));
        default:
            throw new Error(`unknown mode ${rule.mode} of rule ${rule.id}`);
    }
}

/**
 * What the basket earns under one program's rules.
 *
 * @param {Array} lines {key, product, quantity, amount_incl, amount_excl, reward, own_program, reward_product, ignore,
 *      combo_child, automatic, returned}; numbers or decimal text; see Line in scoring.py
 * @param {Array} rules {id, products (array, null: any), minimum_quantity, minimum_amount, minimum_tax_included, mode,
 *      points}
 * @param {Number} digits decimals of the program's points
 * @returns {Object} {points: decimal text, fired: rule ids, refused: [{rule_id, code, need, have}]}
 */
export function previewEarn(lines, rules, digits) {
    const goods = goodsOf(lines);
    const fired = [];
    const refused = [];
    let total = ZERO;
    for (const rule of rules) {
        const covered = goods.filter(
            (item) => !rule.products || rule.products.includes(item.product)
        );
        const reason = refusal(rule, covered);
        if (reason) {
            refused.push(reason);
        } else {
            fired.push(rule.id);
            total = plus(total, earned(rule, covered));
        }
    }
    return {points: floorText(total, digits), fired, refused};
}
