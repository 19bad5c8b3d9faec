/** Places: where the club's components stand in core's screens; their templates are in places.xml. */

import {OrderSummary} from "@point_of_sale/app/screens/product_screen/order_summary/order_summary";
import {OrderReceipt} from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import {ClubBadge} from "@loyalty_club_pos/app/club/components/club_badge/club_badge";
import {ClubReceipt} from "@loyalty_club_pos/app/club/components/club_receipt/club_receipt";

OrderSummary.components = {...OrderSummary.components, ClubBadge};
OrderReceipt.components = {...OrderReceipt.components, ClubReceipt};
