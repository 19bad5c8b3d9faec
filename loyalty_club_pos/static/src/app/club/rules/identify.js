/**
 * Identify: what the cashier typed or scanned to find a member. Pure: no imports, no Odoo. The twin of
 * tools/identify.py, luhn.py and card_number.py; tests/vectors/identify.json holds for both.
 */

const CARD_LENGTH = 16;

/** The text with Persian and Arabic-Indic digits as ASCII. */
export function toAscii(text) {
    return text
        .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
        .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660));
}

function stripMarks(text) {
    return text.replace(/\u0640|\u061c|\u200e|\u200f|[\u202a-\u202e]|[\u2066-\u2069]|\ufeff/g, "");
}

/** Without separators and invisible marks, with ASCII digits. */
export function cleanCard(text) {
    return toAscii(stripMarks(text)).replace(/[\s\-\u2010-\u2015_.]+/g, "");
}

/** Whether the last digit is Luhn's check digit of the others. */
export function luhnIsValid(number) {
    if (!/^\d{2,}$/.test(number)) {
        return false;
    }
    const total = [...number].reverse().reduce((sum, char, index) => {
        const digit = Number(char) * (index % 2 ? 2 : 1);
        return sum + (digit > 9 ? digit - 9 : digit);
    }, 0);
    return total % 10 === 0;
}

/** "card" for 16 digits (right or mistyped), "mobile" for 7 to 15, else "name". */
export function classify(term) {
    if (/^\d{16}$/.test(cleanCard(term))) {
        return "card";
    }
    const text = toAscii(stripMarks(term)).trim();
    const digits = text.replace(/\D/g, "").length;
    if (/^[+＋]?[\d\s().\-/\u2010-\u2015]+$/.test(text) && digits >= 7 && digits <= 15) {
        return "mobile";
    }
    return "name";
}

/** Why the text is no card number of this prefix (null: of any), or null if it is one. */
export function cardProblem(text, prefix = null) {
    const number = cleanCard(text);
    if (/\D/.test(number)) {
        return "not_digits";
    }
    if (number.length !== CARD_LENGTH) {
        return "wrong_length";
    }
    if (prefix !== null && !number.startsWith(prefix)) {
        return "wrong_prefix";
    }
    return luhnIsValid(number) ? null : "bad_check";
}
