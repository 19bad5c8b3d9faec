// The till's preview gives the figures that the server books: the same vectors as in Python.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import test from "node:test";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf-8");
const vectors = (name) => JSON.parse(read(`tests/vectors/${name}.json`)).cases;

// plain ES modules without imports: loaded as text, since no package.json declares them as modules
const load = (name) => {
    const source = read(`loyalty_club_pos/static/src/app/club/rules/${name}.js`);
    return import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
};

const {previewEarn, exact, floorText} = await load("earn");
const {classify, cardProblem} = await load("identify");

const line = (values, place) => ({
    key: String(place + 1),
    product: 1,
    quantity: "1",
    amount_excl: values.amount_incl,
    ...values,
});
const rule = (values, place) => ({
    id: place + 1,
    products: null,
    minimum_quantity: "0",
    minimum_amount: "0",
    minimum_tax_included: true,
    mode: "money",
    points: "1",
    ...values,
});
const refused = (rows) =>
    rows.map(([ruleId, code, need, have]) => [ruleId, code, Number(need), Number(have)]);

for (const {name, lines, rules, digits = 0, ...expected} of vectors("scoring")) {
    test(`scoring: ${name}`, () => {
        const result = previewEarn(lines.map(line), rules.map(rule), digits);
        assert.equal(result.points, expected.points);
        assert.deepEqual(result.fired, expected.fired || []);
        assert.deepEqual(
            refused(result.refused.map((row) => [row.rule_id, row.code, row.need, row.have])),
            refused(expected.refused || [])
        );
    });
    test(`scoring with numbers: ${name}`, () => {
        const numbers = (values) =>
            Object.fromEntries(
                Object.entries(values).map(([key, value]) => [
                    key,
                    ["quantity", "amount_incl", "amount_excl", "points"].includes(key)
                        ? Number(value)
                        : value,
                ])
            );
        const result = previewEarn(
            lines.map(line).map(numbers),
            rules.map(rule).map(numbers),
            digits
        );
        assert.equal(result.points, expected.points);
    });
}

for (const [typed, kind, problem] of vectors("identify")) {
    test(`identify: ${JSON.stringify(typed)}`, () => {
        assert.equal(classify(typed), kind);
        assert.equal(cardProblem(typed, "9364"), problem);
    });
}

test("exact reads every number that JavaScript prints", () => {
    const cases = [
        [1e-7, "0.0000001", 7],
        [1.5e21, "1500000000000000000000", 0],
        [-0.1, "-0.1", 1],
        [".5", "0.5", 1],
        [0.1 + 0.2, "0.30000000000000004", 17],
        [-0.05, "-1", 0],
    ];
    for (const [value, text, digits] of cases) {
        assert.equal(floorText(exact(value), digits), text);
    }
});

test("what is no number is refused", () => {
    for (const value of [NaN, Infinity, "", ".", "1,5", null, undefined]) {
        assert.throws(() => exact(value), /not a number/);
    }
});

test("mistakes of the caller are named", () => {
    const one = line({amount_incl: "1"}, 0);
    assert.throws(() => previewEarn([one, one], [], 0), /same key/);
    assert.throws(() => previewEarn([{...one, reward: "gift"}], [], 0), /kind of reward/);
    assert.throws(() => previewEarn([one], [rule({mode: "visit"}, 0)], 0), /unknown mode/);
});

test("a basket of 200 lines stays quick", () => {
    const lines = Array.from({length: 200}, (_, place) =>
        line({amount_incl: `${place}.${place % 97}`, product: place % 7}, place)
    );
    lines.push(line({amount_incl: "-33.33", reward: "discount"}, 200));
    const start = performance.now();
    previewEarn(lines, [rule({}, 0), rule({mode: "unit", products: [3]}, 1)], 2);
    assert.ok(performance.now() - start < 1000);
});
