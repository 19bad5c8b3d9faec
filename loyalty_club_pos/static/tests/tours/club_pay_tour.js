/** Tours: paying with credit and cards, selling them, getting money back. */

import {negate} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as Numpad from "@point_of_sale/../tests/generic_helpers/numpad_util";
import * as Order from "@point_of_sale/../tests/generic_helpers/order_widget_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TicketScreen from "@point_of_sale/../tests/pos/tours/utils/ticket_screen_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

Club.tour("club_pay_credit", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Cake"),
    Club.sara(),
    {trigger: '.club-member .club-balance:contains("40.00")'},
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    {trigger: '.club-pay .club-pay-who:contains("Sara")'},
    {trigger: '.club-pay .club-pay-balance:contains("40.00")'},
    {trigger: '.club-pay .club-pay-preset.active:contains("15.00")'},
    {trigger: ".club-pay .club-pay-amount", run: "edit 15.01"},
    {trigger: '.club-pay .club-pay-problem:contains("At most")'},
    {trigger: '.club-pay .club-pay-preset:contains("10.00")', run: "click"},
    {trigger: '.club-pay .club-pay-left:contains("30.00")'},
    {trigger: '.club-pay .club-pay-still:contains("5.00")'},
    {trigger: ".club-pay .club-pay-confirm:enabled", run: "click"},
    {trigger: negate(".club-pay")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("credit_spent", "10.00"),
    Club.receiptShows("credit_balance", "30.00"),
    Club.receiptShows("points_earned", "15 Points"),
    Chrome.endTour(),
]);

Club.tour("club_pay_credit_taken_off", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.sara(),
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    {trigger: ".club-pay .club-pay-amount", run: "edit 4"},
    {trigger: '.club-pay .club-pay-confirm:enabled:contains("4.00")', run: "click"},
    {trigger: negate(".club-pay")},
    {trigger: ".paymentline .delete-button", run: "click"},
    {trigger: negate(".paymentline")},
    // and once more, then back to the basket: nothing stays set aside
    Club.payWith("credit"),
    {trigger: '.club-pay .club-pay-balance:contains("40.00")'},
    {trigger: ".club-pay .club-pay-amount", run: "edit 4"},
    {trigger: '.club-pay .club-pay-confirm:enabled:contains("4.00")', run: "click"},
    {trigger: negate(".club-pay")},
    PaymentScreen.clickBack(),
    ProductScreen.clickPayButton(),
    {trigger: negate(".paymentline")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("credit_balance", "40.00"),
    Chrome.endTour(),
]);

Club.tour("club_gift_sell_and_pay", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Gift"),
    {trigger: ".club-sell .club-sell-amount", run: "edit 25"},
    {trigger: '.club-sell .club-sell-confirm:contains("25.00")', run: "click"},
    ProductScreen.totalAmountIs("25.00"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    {
        content: "the code is on the receipt",
        trigger: ".pos-receipt .club-receipt-code",
        run: ({anchor}) => {
            window.clubTourCode = anchor.textContent.trim();
        },
    },
    ReceiptScreen.clickNextOrder(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickPayButton(),
    Club.payWith("gift"),
    {
        trigger: ".club-pay .club-pay-code",
        run: async (helpers) => helpers.edit(window.clubTourCode.toLowerCase()),
    },
    {trigger: ".club-pay .club-pay-look:enabled", run: "click"},
    {trigger: '.club-pay .club-pay-balance:contains("25.00")'},
    {trigger: '.club-pay .club-pay-still:contains("5.00")'},
    {trigger: ".club-pay .club-pay-confirm:enabled", run: "click"},
    {trigger: negate(".club-pay")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.receiptIsThere(),
    Chrome.endTour(),
]);

const wrongCode = () => [
    {trigger: ".club-balance-dialog .club-balance-code", run: "edit 0000-0000-0000-0000"},
    {trigger: ".club-balance-dialog .club-balance-look:enabled", run: "click"},
    {trigger: '.club-balance-dialog .club-balance-message:contains("cannot be used")'},
];

Club.tour("club_gift_wrong_codes", () => [
    Club.start(),
    ProductScreen.clickControlButtonMore(),
    {trigger: ".club-balance-button", run: "click"},
    wrongCode(),
    wrongCode(),
    wrongCode(),
    {trigger: ".club-balance-dialog .btn-close", run: "click"},
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickPayButton(),
    Club.payWith("gift"),
    {trigger: ".club-pay .club-pay-code", run: "edit 0000-0000-0000-0000"},
    {trigger: ".club-pay .club-pay-look:enabled", run: "click"},
    {trigger: '.club-pay .club-pay-message:contains("cannot be used")'},
    {trigger: ".club-pay .btn-close", run: "click"},
    {trigger: negate(".paymentline")},
    Chrome.endTour(),
]);

Club.tour("club_refund_to_credit", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    Club.sara(),
    ProductScreen.clickPayButton(),
    Club.payWith("credit"),
    {trigger: ".club-pay .club-pay-amount", run: "edit 12"},
    {trigger: ".club-pay .club-pay-confirm:enabled", run: "click"},
    {trigger: negate(".club-pay")},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("credit_balance", "28.00"),
    ReceiptScreen.clickNextOrder(),
    ProductScreen.clickRefund(),
    TicketScreen.selectOrderByPrice("20.00"),
    Order.hasLine({productName: "Club Coffee", run: "click"}),
    Numpad.click("2"),
    TicketScreen.toRefundTextContains("To Refund: 2"),
    TicketScreen.confirmRefund(),
    PaymentScreen.isShown(),
    Club.payWith("credit"),
    {trigger: ".send_refund_request", run: "click"},
    // only what was paid with it goes back to it
    Club.messageContains("Only"),
    Dialog.confirm(),
    {trigger: '.electronic_status:contains("Refund Successful")'},
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    Club.receiptShows("credit_balance", "40.00"),
    Chrome.endTour(),
]);

const openDiscount = () => [
    ProductScreen.clickControlButtonMore(),
    {trigger: ".club-discount-button", run: "click"},
];

const useCode = (code) => [
    {trigger: ".club-discount-dialog .club-discount-code", run: `edit ${code}`},
    {trigger: ".club-discount-dialog .club-discount-use:enabled", run: "click"},
];

Club.tour("club_discount_card", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickDisplayedProduct("Club Cake"),
    ProductScreen.clickDisplayedProduct("Club Cake"),
    ProductScreen.totalAmountIs("21.00"),
    openDiscount(),
    useCode("0000-0000-0000-0000"),
    {trigger: '.club-discount-dialog .club-discount-message:contains("cannot be used")'},
    useCode("oooo-1111-2222-3333"),
    {trigger: negate(".club-discount-dialog")},
    ProductScreen.totalAmountIs("19.53"),
    // taken off, and on again
    openDiscount(),
    {trigger: '.club-discount-dialog .club-discount-given:contains("1.47")'},
    {trigger: ".club-discount-dialog .club-discount-off", run: "click"},
    {trigger: negate(".club-discount-dialog")},
    ProductScreen.totalAmountIs("21.00"),
    openDiscount(),
    useCode("oooo-1111-2222-3333"),
    {trigger: negate(".club-discount-dialog")},
    ProductScreen.totalAmountIs("19.53"),
    // one cake less: the discount follows when it is paid
    Order.hasLine({productName: "Club Cake", run: "click"}),
    Numpad.click("1"),
    ProductScreen.clickPayButton(),
    PaymentScreen.totalIs("14.42"),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.receiptIsThere(),
    ReceiptScreen.clickNextOrder(),
    ProductScreen.clickRefund(),
    TicketScreen.selectOrderByPrice("14.42"),
    Order.hasLine({productName: "Club Coffee", run: "click"}),
    Numpad.click("1"),
    Order.hasLine({productName: "Club Cake", run: "click"}),
    Numpad.click("1"),
    TicketScreen.toRefundTextContains("To Refund: 1"),
    TicketScreen.confirmRefund(),
    PaymentScreen.isShown(),
    PaymentScreen.totalIs("-14.42"),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    ReceiptScreen.receiptIsThere(),
    Chrome.endTour(),
]);
