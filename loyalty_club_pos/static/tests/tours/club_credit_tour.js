/** Tours: credit that wants the member's word, credit without network, a return that needs a second person. */

import {negate, refresh} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

const confirmPay = () => ({trigger: ".club-pay .club-pay-confirm:enabled", run: "click"});

Club.tour("club_pay_proof", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.sara(),
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    {trigger: '.club-pay .club-pay-preset.active:contains("10.00")'},
    confirmPay(),
    // she does not want to: nothing is paid, and less of it can be
    {trigger: '.club-proof .club-proof-send:contains("•••")'},
    {trigger: ".club-proof .btn-close", run: "click"},
    {trigger: negate(".club-proof")},
    {trigger: ".club-pay .club-pay-message"},
    confirmPay(),
    {trigger: ".club-proof .club-proof-send:enabled", run: "click"},
    {trigger: '.club-proof .club-proof-message:contains("A code was sent")'},
    Club.typeProof("000000"),
    {trigger: '.club-proof .club-proof-message:contains("4 tries are left")'},
    Club.typeProof("123456"),
    {trigger: negate(".club-proof")},
    // what is paid in full is validated by itself
    Club.receiptShows("credit_spent", "10.00"),
    Club.receiptShows("credit_balance", "30.00"),
    Chrome.endTour(),
]);

Club.tour("club_pay_restart", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.sara(),
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    {trigger: ".club-pay .club-pay-confirm:enabled"},
    refresh(),
    PaymentScreen.isShown(),
    {trigger: negate(".paymentline")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.isShown(),
    Chrome.endTour(),
]);

Club.tour("club_pay_offline", () => [
    Club.start(),
    Club.sara(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    OfflineUtil.setOfflineMode(),
    Club.noticeNetwork(),
    {trigger: ".club-offline"},
    ProductScreen.clickPayButton(),
    // a card cannot be checked
    Club.payWith("gift"),
    {trigger: ".club-pay .club-pay-code", run: "edit 0000-1111-2222-3333"},
    {trigger: ".club-pay .club-pay-look:enabled", run: "click"},
    {trigger: '.club-pay .club-pay-message:contains("cards cannot be checked")'},
    {trigger: ".club-pay .btn-close", run: "click"},
    {trigger: negate(".paymentline")},
    Club.payWith("credit"),
    {trigger: ".club-pay .club-pay-offline"},
    // she has 40, the club lets go of 8
    {trigger: '.club-pay .club-pay-available:contains("8.00")'},
    {trigger: ".club-pay .club-pay-amount", run: "edit 8.01"},
    {trigger: '.club-pay .club-pay-problem:contains("At most")'},
    {trigger: ".club-pay .club-pay-amount", run: "edit 8"},
    {trigger: '.club-pay .club-pay-still:contains("2.00")'},
    confirmPay(),
    {trigger: negate(".club-pay")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Dialog.confirm("Continue with limited functionality"),
    {trigger: ".pos-receipt .club-receipt-later"},
    ReceiptScreen.clickNextOrder(),
    OfflineUtil.setOnlineMode(),
    Club.noticeNetwork(),
    {trigger: negate(".club-offline")},
    Chrome.isSynced(),
    Chrome.endTour(),
]);

/** Both coffees come back, and their credit with them. */
const returnCoffees = () => [
    ProductScreen.clickRefund(),
    TicketScreen.selectOrderByPrice("20.00"),
    Order.hasLine({productName: "Club Coffee", run: "click"}),
    Numpad.click("2"),
    TicketScreen.toRefundTextContains("To Refund: 2"),
    TicketScreen.confirmRefund(),
    PaymentScreen.isShown(),
    Club.payWith("credit"),
    {trigger: ".send_refund_request", run: "click"},
];

Club.tour("club_refund_waits", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.sara(),
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    confirmPay(),
    Club.receiptShows("credit_balance", "20.00"),
    ReceiptScreen.clickNextOrder(),
    returnCoffees(),
    Club.messageContains("Another person, a manager of the club, allows it first"),
    Dialog.confirm(),
    PaymentScreen.isShown(),
    Chrome.endTour(),
]);

Club.tour("club_refund_allowed", () => [
    Chrome.startPoS(),
    returnCoffees(),
    Club.receiptShows("credit_balance", "40.00"),
    Chrome.endTour(),
]);
