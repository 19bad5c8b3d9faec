/** What a hand does with the club at the till, as tour steps. */

import {registry} from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Utils from "@point_of_sale/../tests/generic_helpers/utils";
import {negate} from "@point_of_sale/../tests/generic_helpers/utils";

const step = (content, trigger, run) => ({content, trigger, ...(run && {run})});

/** A busy machine may take long to open a till; a step that never comes true still ends the tour. */
const patient = (steps) => steps.flat(Infinity).map((one) => ({timeout: 40000, ...one}));

/** Register a tour; `steps` gives its steps, in lists of any depth. */
export function tour(name, steps) {
    registry.category("web_tour.tours").add(name, {steps: () => patient(steps())});
}

export function start() {
    return [Chrome.startPoS(), Dialog.confirm("Open Register")];
}

export function sara() {
    return [lookUp("09120000001"), memberIs("Sara")];
}

/** Type a one-time code or a PIN into the dialog that asks for it. */
export function typeProof(text) {
    return [
        step(`type ${text}`, ".club-proof .club-proof-input", `edit ${text}`),
        step("give it", ".club-proof .club-proof-confirm:enabled", "click"),
    ];
}

/** Types a card, mobile or name into the club's box and presses Enter. */
export function lookUp(term) {
    return [
        step("open the look-up", ".club-lookup-button, .club-member-name", "click"),
        step(`type ${term}`, ".club-lookup .club-term", `edit ${term}`),
        step("search", ".club-lookup .club-search", "click"),
    ];
}

export function scanCard(number) {
    return Utils.scan_barcode(number);
}

export function memberIs(name, balance = null) {
    const steps = [step(`member is ${name}`, `.club-member .club-member-name:contains("${name}")`)];
    if (balance !== null) {
        steps.push(step(`has ${balance}`, `.club-member .club-balance:contains("${balance}")`));
    }
    return steps;
}

export function noMember() {
    return [step("nobody is the member", negate(".club-member"))];
}

export function earns(text) {
    return [step(`this basket earns ${text}`, `.club-earning:contains("${text}")`)];
}

export function joinWith({name = "", mobileShown = "", referrer = ""} = {}) {
    const steps = [step("the join form is there", ".club-lookup .club-join-confirm")];
    if (mobileShown) {
        steps.push(step(`the mobile is filled in`, `.club-join-mobile:value("${mobileShown}")`));
    }
    if (name) {
        steps.push(step("type the name", ".club-join-name", `edit ${name}`));
    }
    if (referrer) {
        steps.push(step("type who invited", ".club-join-referrer", `edit ${referrer}`));
    }
    steps.push(step("join", ".club-join-confirm", "click"));
    steps.push(step("the box closes", negate(".club-lookup")));
    return steps;
}

export function openSpend() {
    return [step("open spending", ".club-spend-button", "click")];
}

export function spendAmount(points) {
    return [
        ...openSpend(),
        step(`type ${points}`, ".club-spend .club-amount", `edit ${points}`),
        step("spend", ".club-spend .club-spend-confirm:enabled", "click"),
        step("the dialog closes", negate(".club-spend")),
    ];
}

export function receiptShows(what, text, label = "") {
    const line = `.pos-receipt .club-receipt-${what}:contains("${text}")`;
    const trigger = label ? `${line}:contains("${label}")` : line;
    return [step(`receipt: ${what} ${text}`, trigger)];
}

export function messageContains(text) {
    return [step(`message: ${text}`, `.modal-body:contains("${text}")`)];
}

/** Press a payment method of the club on the payment screen. */
export function payWith(name) {
    return [
        step(
            `pay by ${name}`,
            `.paymentmethods .paymentmethod .payment-name:contains("${name}")`,
            "click"
        ),
    ];
}

/** The browser tells the till that the network is gone or back. */
export function noticeNetwork() {
    return [
        step("the till notices the network", "body", () =>
            window.dispatchEvent(new Event("online"))
        ),
    ];
}
