// Paying at the till: which amounts are offered, what was typed, and the codes of cards.
import assert from "node:assert/strict";
import {readFileSync} from "node:fs";
import test from "node:test";

const load = (name) => {
    const url = new URL(
        `../../loyalty_club_pos/static/src/app/club/rules/${name}.js`,
        import.meta.url
    );
    const source = readFileSync(url, "utf-8");
    return import(`data:text/javascript;base64,${Buffer.from(source).toString("base64")}`);
};

const {mostPayable, readAmount} = await load("pay");
const {roundFigures} = await load("spend");
const {cleanCode, isCode, newCode, prettyCode} = await load("gift_code");

test("no more is offered than what is there and what is due, to the minor unit", () => {
    assert.equal(mostPayable(0.1 + 0.2, 1, 2), 0.3);
    assert.equal(mostPayable(100, 9.99, 2), 9.99);
    assert.equal(mostPayable(-5, 10, 2), 0);
    assert.equal(mostPayable(1234567, 1000000, 0), 1000000);
});

test("round figures are below the most", () => {
    assert.deepEqual(roundFigures(47.35, 3), [20, 10, 5]);
    assert.deepEqual(roundFigures(10, 3), [5, 2, 1]);
    assert.deepEqual(roundFigures(0.4, 3), []);
});

const typed = [
    ["10", {amount: 10}],
    ["10.5", {amount: 10.5}],
    ["10٫5", {amount: 10.5}],
    ["1,000", {problem: "too_much"}],
    ["47.35", {amount: 47.35}],
    ["47.36", {problem: "too_much"}],
    ["0", {problem: "nothing"}],
    ["", {problem: "not_a_number"}],
    ["-5", {problem: "not_a_number"}],
    ["ten", {problem: "not_a_number"}],
];
for (const [text, expected] of typed) {
    test(`“${text}” of 47.35`, () => assert.deepEqual(readAmount(text, 47.35, 2), expected));
}

test("a code has 80 bits of the given randomness and reads back in any form", () => {
    const code = newCode((bytes) => bytes.map((_byte, index) => index * 37));
    assert.equal(code.length, 16);
    assert.ok(isCode(code));
    assert.ok(isCode(prettyCode(code).toLowerCase()));
    assert.equal(cleanCode("oil7-abcd-1234-wxyz"), "0117ABCD1234WXYZ");
    assert.equal(prettyCode("0117ABCD1234WXYZ"), "0117-ABCD-1234-WXYZ");
    assert.equal(isCode("SUMMER"), false);
    assert.equal(isCode("U".repeat(16)), false);
});

test("codes differ", () => {
    assert.equal(new Set(Array.from({length: 500}, () => newCode())).size, 500);
});
