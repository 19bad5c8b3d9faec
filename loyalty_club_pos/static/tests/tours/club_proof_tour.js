/** Tours: a member proves himself at the till before he spends much. */

import {negate} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

const spendAndPay = () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    Club.spendAmount("60"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
];

const says = (text) => ({trigger: `.club-proof .club-proof-message:contains("${text}")`});

Club.tour("club_proof_code", () => [
    spendAndPay(),
    // without the code nothing is booked and the order is still there
    {trigger: '.club-proof .club-proof-send:contains("•••")'},
    {trigger: ".club-proof .btn-close", run: "click"},
    PaymentScreen.isShown(),
    PaymentScreen.clickValidate(),
    {trigger: ".club-proof .club-proof-send", run: "click"},
    says("A code was sent"),
    {trigger: '.club-proof .club-proof-send:contains("Send again in")'},
    Club.typeProof("000000"),
    says("4 tries are left"),
    Club.typeProof("123456"),
    Club.receiptShows("points_spent", "60 Points"),
    Chrome.endTour(),
]);

Club.tour("club_proof_wrong_code", () => [
    spendAndPay(),
    {trigger: ".club-proof .club-proof-send", run: "click"},
    [4, 3, 2, 1].flatMap((left) => [Club.typeProof("000000"), says(`${left} tries are left`)]),
    Club.typeProof("000000"),
    says("fifth time"),
    {content: "no box for a sixth try", trigger: negate(".club-proof-input")},
    {trigger: ".club-proof .btn-close", run: "click"},
    PaymentScreen.isShown(),
    Chrome.endTour(),
]);

Club.tour("club_proof_pin", () => [
    spendAndPay(),
    {trigger: ".club-proof .club-proof-use-pin", run: "click"},
    Club.typeProof("9999"),
    says("Wrong PIN"),
    Club.typeProof("1397"),
    Club.receiptShows("points_spent", "60 Points"),
    Chrome.endTour(),
]);
