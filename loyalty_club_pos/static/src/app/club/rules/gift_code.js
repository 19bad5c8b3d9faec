/**
 * Gift codes: 16 Crockford base32 characters, 80 random bits. The twin of tools/gift_code.py. Pure: no imports, no Odoo.
 *
 * The till makes the code of a card that is sold on paper, so that a lost answer never loses it; the server keeps a hash.
 */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 16;

/** A new code; `random` fills an array of bytes, as crypto.getRandomValues does. */
export function newCode(random = (bytes) => crypto.getRandomValues(bytes)) {
    // 256 is a multiple of 32, so the lower five bits of a byte are as random as the byte
    return [...random(new Uint8Array(LENGTH))].map((byte) => ALPHABET[byte & 31]).join("");
}

/** What was typed or scanned, in ASCII digits, as the server reads it: no separators, look-alikes as digits. */
export function cleanCode(text) {
    return String(text || "")
        .replace(/[\s\-\u2010-\u2015_.\u200b\u200c]+/g, "")
        .toUpperCase()
        .replace(/O/g, "0")
        .replace(/[IL]/g, "1");
}

export function isCode(text) {
    const code = cleanCode(text);
    return code.length === LENGTH && [...code].every((character) => ALPHABET.includes(character));
}

/** In groups of four, as it is printed. */
export function prettyCode(code) {
    return cleanCode(code).replace(/(.{4})(?=.)/g, "$1-");
}

export function lastFour(code) {
    return cleanCode(code).slice(-4);
}
