// The till's own pure rules: what can be spent, which figures are offered, what a refund brings back.
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

const {claimable, readPoints, roundFigures, roundUp, spendable, worth} = await load("spend");
const {pointsBack, rewardShare} = await load("refund_share");

const offer = (values) => ({
    available: 250,
    required: 1,
    discount: 0.1,
    discountable: 1000,
    digits: 0,
    ...values,
});

const spending = [
    ["all that is there", {}, 250],
    ["no more than the basket takes, the last point counted whole", {discountable: 4.95}, 50],
    ["no more than the reward allows", {maxAmount: 3}, 30],
    ["nothing below the balance that opens the reward", {required: 251}, 0],
    ["exactly that balance opens it", {required: 250}, 250],
    ["credit is spent to the last cent, whatever opens it", {required: 300, payment: true}, 250],
    ["nothing of an empty basket", {discountable: 0}, 0],
    ["nothing of an empty balance", {available: 0}, 0],
    ["nothing when a point is worth nothing", {discount: 0}, 0],
    ["the budget without network", {budget: 20}, 20],
    ["a budget of nothing", {budget: 0}, 0],
    ["decimals of the program", {available: 12.345, digits: 2}, 12.34],
    ["float dust makes no extra point", {discount: 0.1, discountable: 0.3}, 3],
];
for (const [name, values, expected] of spending) {
    test(`spendable: ${name}`, () => assert.equal(spendable(offer(values)), expected));
}

test("worth: never more than the basket, and back again the same points", () => {
    assert.equal(worth(50, offer({discountable: 4.95})), 4.95);
    for (const points of [1, 7, 77, 1234]) {
        assert.equal(roundUp(worth(points, offer({})) / 0.1, 0), points);
    }
});

test("round figures are below all of it and get smaller", () => {
    assert.deepEqual(roundFigures(1234), [1000, 500, 200, 100]);
    assert.deepEqual(roundFigures(100), [50, 20, 10, 5]);
    assert.deepEqual(roundFigures(1), []);
    assert.deepEqual(roundFigures(0), []);
    for (let most = 1; most < 3000; most += 13) {
        assert.ok(
            roundFigures(most).every((figure, i, all) => figure < most && !(figure >= all[i - 1]))
        );
    }
});

const typed = [
    ["60", {points: 60}],
    [" 1,250 ", {points: 1250}],
    ["1250.9", {points: 1250}],
    ["1٬250", {points: 1250}],
    ["", {problem: "not_a_number"}],
    ["abc", {problem: "not_a_number"}],
    ["-5", {problem: "not_a_number"}],
    ["1.2.3", {problem: "not_a_number"}],
    ["0", {problem: "nothing"}],
    ["2001", {problem: "too_much"}],
];
for (const [text, expected] of typed) {
    test(`typed ${JSON.stringify(text)}`, () =>
        assert.deepEqual(readPoints(text, 2000, 0), expected));
}
test("a comma before other than three digits is a decimal one", () => {
    assert.deepEqual(readPoints("12,5", 20, 1), {points: 12.5});
});

test("claimable counts whole rewards", () => {
    assert.equal(claimable(149, 150), 0);
    assert.equal(claimable(300, 150), 2);
});

// -- refunds ---------------------------------------------------------------------------------------------------------

const goods = (amount, returning, refunded = 0, quantity = 1) => ({
    amount,
    returning,
    refunded,
    quantity,
});

test("a third of the goods brings back a third of the discount, to the cent", () => {
    const reward = {quantity: 1, amount: -10, refunded: 0, refundedAmount: 0};
    const {quantity, factor} = rewardShare(reward, [goods(10, 1), goods(20, 0)], 2);
    assert.equal(quantity, 0.33);
    assert.ok(Math.abs(quantity * -10 * factor - -10 / 3) < 1e-9);
});

test("the last goods bring back exactly what is left", () => {
    const reward = {quantity: 1, amount: -10, refunded: 0.66, refundedAmount: -6.66};
    const all = [goods(1, 0, 1), goods(1, 0, 1), goods(1, 1)];
    const {quantity, amount} = rewardShare(reward, all, 2);
    assert.equal(quantity, 0.34);
    assert.ok(Math.abs(amount - -3.34) < 1e-9);
});

test("a share too small for the quantity's decimals still brings back its money", () => {
    const reward = {quantity: 1, amount: -100, refunded: 0, refundedAmount: 0};
    const {quantity, factor} = rewardShare(reward, [goods(1, 1), goods(999, 0)], 2);
    assert.equal(quantity, 0.01);
    assert.ok(Math.abs(quantity * -100 * factor - -0.1) < 1e-9);
});

test("nothing returned, nothing back; a reward that is back comes back no more", () => {
    const reward = {quantity: 1, amount: -10, refunded: 0, refundedAmount: 0};
    assert.equal(rewardShare(reward, [goods(10, 0)], 2).quantity, 0);
    assert.equal(rewardShare({...reward, refunded: 1}, [goods(10, 1)], 2).quantity, 0);
});

test("goods that cost nothing share by quantity", () => {
    const reward = {quantity: 2, amount: -10, refunded: 0, refundedAmount: 0};
    assert.equal(rewardShare(reward, [goods(0, 1, 0, 4)], 2).quantity, 0.5);
});

test("any way of returning goods gives back the whole discount and all its points", () => {
    for (const price of [1, 3, 7.77]) {
        for (const discount of [1, 3.33, 5]) {
            const lines = [goods(price, 0), goods(2 * price, 0), goods(price / 3, 0)];
            const reward = {quantity: 1, amount: -discount, refunded: 0, refundedAmount: 0};
            let points = 0;
            for (const line of lines) {
                line.returning = 1;
                const {quantity, amount} = rewardShare(reward, lines, 2);
                const money = Math.round(amount * 100) / 100;
                const part = (value) => value / reward.amount;
                points += pointsBack(
                    [{points: 30, before: part(reward.refundedAmount), now: part(money)}],
                    0
                );
                reward.refunded += quantity;
                reward.refundedAmount += money;
                line.refunded = 1;
                line.returning = 0;
            }
            assert.ok(Math.abs(reward.refundedAmount + discount) < 1e-9);
            assert.ok(Math.abs(reward.refunded - 1) < 1e-9);
            assert.equal(points, 30);
        }
    }
});
