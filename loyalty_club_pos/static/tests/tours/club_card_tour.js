/** Tour: a gift card of plastic from the stock is sold, and pays. */

import {negate, scan_barcode as scan} from "@point_of_sale/../tests/generic_helpers/utils";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as Club from "@loyalty_club_pos/../tests/tours/utils/club_util";

const PLASTIC = "0000111122223333";

const confirm = () => ({trigger: ".club-sell .club-sell-confirm:enabled", run: "click"});
const says = (text) => ({trigger: `.club-sell .club-sell-message:contains("${text}")`});
const onTheCard = () => [
    scan(PLASTIC),
    {content: "the code is in the box", trigger: `.club-sell-code:value("${PLASTIC}")`},
];

Club.tour("club_gift_plastic", () => [
    Club.start(),
    ProductScreen.clickDisplayedProduct("Club Gift"),
    {trigger: ".club-sell .club-sell-code", run: "edit 0000-0000-0000-0000"},
    confirm(),
    says("cannot be used"),
    onTheCard(),
    // it is worth 25, the product's price is 50
    {trigger: '.club-sell .club-sell-confirm:contains("Sell this card")'},
    confirm(),
    says("25.00"),
    {trigger: ".club-sell .club-sell-amount", run: "edit 25"},
    confirm(),
    {trigger: negate(".club-sell")},
    // the same card is not sold twice
    ProductScreen.clickDisplayedProduct("Club Gift"),
    onTheCard(),
    confirm(),
    says("in the basket already"),
    {trigger: ".club-sell .btn-close", run: "click"},
    {trigger: negate(".club-sell")},
    ProductScreen.totalAmountIs("25.00"),
    ProductScreen.clickPayButton(),
    PaymentScreen.clickPaymentMethod("Cash"),
    PaymentScreen.clickValidate(),
    {trigger: '.pos-receipt .club-receipt-plastic:contains("3333")'},
    {content: "its code is on the plastic only", trigger: negate(".club-receipt-code")},
    ReceiptScreen.clickNextOrder(),
    ProductScreen.clickDisplayedProduct("Club Coffee"),
    ProductScreen.clickPayButton(),
    Club.payWith("gift"),
    {trigger: ".club-pay .club-pay-code"},
    scan(PLASTIC),
    {trigger: '.club-pay .club-pay-balance:contains("25.00")'},
    {trigger: ".club-pay .club-pay-confirm:enabled", run: "click"},
    // what is paid in full by a card is validated by itself
    ReceiptScreen.receiptIsThere(),
    Chrome.endTour(),
]);
