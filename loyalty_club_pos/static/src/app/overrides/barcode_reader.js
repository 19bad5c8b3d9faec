/**
 * Barcodes: a till with the GS1 nomenclature takes plain 16-digit numbers for something else, and wants a second
 * nomenclature for them. A membership card is known by its first and its check digit, so it needs none.
 */

import {patch} from "@web/core/utils/patch";
import {BarcodeReader} from "@point_of_sale/app/services/barcode_reader_service";
import {cardProblem, cleanCard} from "@loyalty_club_pos/app/club/rules/identify";

patch(BarcodeReader.prototype, {
    async _scan(code) {
        if (code && this.parser.nomenclature?.is_gs1_nomenclature && !cardProblem(code, "9")) {
            const maps = this.exclusiveCbMap ? [this.exclusiveCbMap] : [...this.cbMaps];
            const calls = maps.map((map) => map.club_card).filter(Boolean);
            for (const call of calls) {
                await call({type: "club_card", code: cleanCard(code), base_code: cleanCard(code)});
            }
            if (calls.length) {
                return undefined;
            }
        }
        return super._scan(...arguments);
    },
});
