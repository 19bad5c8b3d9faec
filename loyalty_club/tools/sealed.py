"""Texts that are kept for a while and that nobody reads meanwhile: encrypted, with the key of the card codes."""

import base64
import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.new(key.encode(), b"loyalty_club.sealed", hashlib.sha256).digest()))


def seal(key: str, content: dict) -> str:
    """``content`` as text that only ``unseal`` with the same key reads.

    >>> unseal("k", seal("k", {"body": "0117-ABCD"}))
    {'body': '0117-ABCD'}
    >>> "0117-ABCD" in seal("k", {"body": "0117-ABCD"})
    False
    """
    return _box(key).encrypt(json.dumps(content, default=str).encode()).decode()


def unseal(key: str, text: str) -> dict:
    """What was sealed; ``{}`` when the key is another one, as on a copy of the database.

    >>> unseal("other", seal("k", {"body": "x"})), unseal("k", "nothing")
    ({}, {})
    """
    try:
        return json.loads(_box(key).decrypt(text.encode()))
    except InvalidToken:
        return {}
