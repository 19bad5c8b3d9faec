/** Tours: what a cashier does with members, from the scan to the receipt. */

import {negate} from "@point_of_sale/../tests/generic_helpers/utils";
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

const payInCash = () => [
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
];

Club.tour("club_scan_and_sell", () => [
    Club.start(),
    Club.scanCard("9364000000000019"),
    Club.memberIs("Sara", "100 Points"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.earns("+20 Points with this basket"),
    payInCash(),
    ReceiptScreen.receiptIsThere(),
    Club.receiptShows("number", "M"),
    Club.receiptShows("points_earned", "20 Points"),
    Club.receiptShows("points_balance", "120 Points"),
    ReceiptScreen.clickNextOrder(),
    Club.noMember(),
    Club.lookUp("0912 000 0001"),
    Club.memberIs("Sara", "120 Points"),
    Chrome.endTour(),
]);

Club.tour("club_join_and_sell", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.lookUp("۰۹۳۵۱۲۳۴۵۶۷"),
    Club.joinWith({name: "Reza", mobileShown: "+989351234567"}),
    Club.memberIs("Reza", "0 Points"),
    payInCash(),
    Club.receiptShows("points_earned", "10 Points"),
    Club.receiptShows("points_balance", "10 Points"),
    Chrome.endTour(),
]);

Club.tour("club_redeem", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Cake"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    // all, a round figure, then his own
    Club.openSpend(),
    {trigger: '.club-spend .club-all:contains("100")', run: "click"},
    {trigger: '.club-spend .club-left:contains("0 Points")'},
    {trigger: '.club-spend .club-figure:contains("50")', run: "click"},
    {trigger: '.club-spend .club-left:contains("50 Points")'},
    {trigger: ".club-spend .club-amount", run: "edit 130"},
    {trigger: '.club-spend .club-problem:contains("At most 100 Points")'},
    {trigger: ".club-spend .club-amount", run: "edit 40"},
    {trigger: '.club-spend .club-spend-confirm:contains("4.00")', run: "click"},
    ProductScreen.totalAmountIs("11.00"),
    Club.earns("+11 Points"),
    {trigger: '.club-spending:contains("40 Points")'},
    // a line more must not spend more than was chosen
    ProductScreen.clickDisplayedProduct("Club Cake"),
    ProductScreen.totalAmountIs("16.00"),
    payInCash(),
    Club.receiptShows("points_earned", "16 Points"),
    Club.receiptShows("points_spent", "40 Points"),
    Club.receiptShows("points_balance", "76 Points"),
    Chrome.endTour(),
]);

Club.tour("club_free_product", () => [
    Club.start(),
    // two coffees in the basket, one of them free: core alone would take both and charge for one
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    Club.openSpend(),
    {trigger: '.club-spend .club-offer:contains("Free Product") .club-claim', run: "click"},
    ProductScreen.totalAmountIs("10.00"),
    {trigger: '.club-spending:contains("30 Points")'},
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.totalAmountIs("20.00"),
    {trigger: '.club-spending:contains("30 Points")'},
    payInCash(),
    Club.receiptShows("points_spent", "30 Points"),
    Club.receiptShows("points_earned", "20 Points"),
    Club.receiptShows("points_balance", "90 Points"),
    Chrome.endTour(),
]);

Club.tour("club_replaced_card_refused", () => [
    Club.start(),
    Club.scanCard("9364000000000019"),
    Dialog.is({title: "Card not accepted"}),
    Club.messageContains("replaced"),
    Dialog.confirm(),
    Club.noMember(),
    Club.lookUp("9364 0000 0000 0019"),
    {trigger: '.club-lookup .club-message:contains("replaced")'},
    {trigger: ".club-lookup .btn-close", run: "click"},
    Club.noMember(),
    Chrome.endTour(),
]);

Club.tour("club_overspend_refused", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    Club.spendAmount("60"),
    ProductScreen.totalAmountIs("4.00"),
    payInCash(),
    // another till has spent 60 in between
    Club.messageContains("needs 60"),
    Dialog.confirm(),
    PaymentScreen.isShown(),
    PaymentScreen.clickBack(),
    Club.memberIs("Sara", "40 Points"),
    {content: "take the reward off", trigger: ".club-spend-button", run: "click"},
    {trigger: ".club-spend .club-drop", run: "click"},
    {trigger: ".club-spend .btn-close", run: "click"},
    ProductScreen.totalAmountIs("10.00"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentlineDelButton("Cash", "4.0"),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("points_earned", "10 Points"),
    Club.receiptShows("points_balance", "50 Points"),
    Chrome.endTour(),
]);

Club.tour("club_refund_by_line", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Cake"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    Club.spendAmount("30"),
    ProductScreen.totalAmountIs("12.00"),
    payInCash(),
    Club.receiptShows("points_balance", "82 Points"),
    ReceiptScreen.clickNextOrder(),
    ProductScreen.clickRefund(),
    TicketScreen.selectOrderByPrice("12.00"),
    // the cake is a third of the price, so a third of the discount and of the points
    Order.hasLine({productName: "Club Cake", run: "click"}),
    Numpad.click("1"),
    TicketScreen.toRefundTextContains("To Refund: 1"),
    TicketScreen.toRefundTextContains("0.33"),
    {trigger: '.club-refund-points:contains("10 Points")'},
    TicketScreen.confirmRefund(),
    PaymentScreen.isShown(),
    PaymentScreen.totalIs("-4.00"),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("points_earned", "4 Points", "Taken back"),
    Club.receiptShows("points_spent", "10 Points", "Given back"),
    Club.receiptShows("points_balance", "88 Points"),
    ReceiptScreen.clickNextOrder(),
    // the rest brings back the rest, to the cent and to the point
    ProductScreen.clickRefund(),
    TicketScreen.selectOrderByPrice("12.00"),
    Order.hasLine({productName: "Club Coffee", run: "click"}),
    Numpad.click("1"),
    {trigger: '.club-refund-points:contains("20 Points")'},
    TicketScreen.confirmRefund(),
    PaymentScreen.totalIs("-8.00"),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("points_balance", "100 Points"),
    ReceiptScreen.clickNextOrder(),
    Chrome.endTour(),
]);

Club.tour("club_offline_then_sync", () => [
    Club.start(),
    Club.scanCard("9364000000000019"),
    Club.memberIs("Sara", "100 Points"),
    OfflineUtil.setOfflineMode(),
    Club.noticeNetwork(),
    {trigger: '.club-offline:contains("No network")'},
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    {content: "nothing can be spent", trigger: negate(".club-spend-button")},
    payInCash(),
    Dialog.confirm("Continue with limited functionality"),
    {trigger: ".pos-receipt .club-receipt-later"},
    ReceiptScreen.clickNextOrder(),
    // the till still knows whom it has seen
    Club.lookUp("09120000001"),
    Club.memberIs("Sara"),
    OfflineUtil.setOnlineMode(),
    Club.noticeNetwork(),
    {trigger: negate(".club-offline")},
    Chrome.isSynced(),
    Chrome.endTour(),
]);

Club.tour("club_offline_budget", () => [
    Club.start(),
    Club.scanCard("9364000000000019"),
    Club.memberIs("Sara", "100 Points"),
    OfflineUtil.setOfflineMode(),
    Club.noticeNetwork(),
    {trigger: '.club-offline:contains("up to 30 Points")'},
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.openSpend(),
    {trigger: '.club-spend .club-all:contains("30")'},
    {trigger: ".club-spend .club-amount", run: "edit 31"},
    {trigger: '.club-spend .club-problem:contains("At most 30 Points")'},
    {trigger: ".club-spend .club-amount", run: "edit 30"},
    {trigger: ".club-spend .club-spend-confirm:enabled", run: "click"},
    ProductScreen.totalAmountIs("7.00"),
    payInCash(),
    Dialog.confirm("Continue with limited functionality"),
    {trigger: ".pos-receipt .club-receipt-later"},
    ReceiptScreen.clickNextOrder(),
    OfflineUtil.setOnlineMode(),
    Club.noticeNetwork(),
    {trigger: negate(".club-offline")},
    Chrome.isSynced(),
    Chrome.endTour(),
]);

Club.tour("club_network_lost_while_spending", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.lookUp("Sara"),
    Club.memberIs("Sara", "100 Points"),
    Club.spendAmount("60"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Cash"),
    // the browser has not noticed that the server is out of reach
    OfflineUtil.setOfflineMode(),
    PaymentScreen.clickValidate(),
    Dialog.is({title: "No network: points can't be spent"}),
    Dialog.confirm(),
    PaymentScreen.isShown(),
    OfflineUtil.setOnlineMode(),
    Club.noticeNetwork(),
    PaymentScreen.clickValidate(),
    Club.receiptShows("points_spent", "60 Points"),
    Chrome.endTour(),
]);
