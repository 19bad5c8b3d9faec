"""Requests to a gateway: with a time limit, no redirects, and every secret masked wherever it may be printed."""

import base64
import contextvars
import json
import logging
import math
import ssl
import threading
import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from urllib.parse import quote, quote_plus

import requests
import urllib3.exceptions

MASK = "***"
#: An answer is small; whatever is larger is not from an SMS gateway.
MAX_BYTES = 4_000_000
#: Seconds; a gateway that wants to be left alone for longer is asked again all the same.
LONGEST_WAIT = 24 * 3600
_hidden = contextvars.ContextVar("loyalty_club_sms_hidden", default=())


class Trouble(Exception):
    """A call did not do what it should. ``state`` as of an outcome, ``reason`` of ``REASONS``; the text is masked.

    ``wait``: seconds for which the gateway wants to be left alone, 0 if it did not say.
    """

    def __init__(self, state, reason, detail="", wait=0):
        super().__init__(detail)
        self.state = state
        self.reason = reason
        self.wait = wait


def mask(text: str, secrets: Iterable[str]) -> str:
    """``text`` without the secrets, also where they are written as in an address.

    >>> mask("POST /v1/s3cret%2F1/send s3cret/1", ["s3cret/1"])
    'POST /v1/***/send ***'
    """
    forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""), quote_plus(secret))}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


class _MaskFilter(logging.Filter):
    """Masks what urllib3 logs of addresses: some gateways have the key in the path."""

    def filter(self, record):
        secrets = _hidden.get()
        if secrets:
            record.msg, record.args = mask(record.getMessage(), secrets), ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_MaskFilter())


class Reply:
    """An answer: the HTTP status, the text, and what the text is as JSON (``None`` if it is none)."""

    def __init__(self, status: int, text: str):
        self.status = status
        self.text = text
        try:
            self.data = json.loads(text)
        except ValueError:
            self.data = None

    def lower(self):
        """The JSON with all keys in lower case: some gateways can't decide."""
        return lower_keys(self.data)


def lower_keys(value):
    """
    >>> lower_keys({"Data": [{"MessageId": 1}]})
    {'data': [{'messageid': 1}]}
    """
    if isinstance(value, dict):
        return {str(key).lower(): lower_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lower_keys(item) for item in value]
    return value


#: A connection that was used so lately is used again by the next driver in this thread: a campaign is many calls in a
#: row, and each new connection is a handshake. Vendors close idle ones after five seconds or more.
IDLE = 3.0
_kept = threading.local()


class Http:
    """A gateway's door. Used as a context, it keeps its connection open."""

    def __init__(self, base_url, timeout=20.0, secrets=(), headers=None):
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.secrets = tuple(self._forms(secrets))
        self.headers = headers or {}
        self.wait = 0  # what the last answer said in Retry-After, in seconds
        self._session = None
        self._is_broken = False

    @staticmethod
    def _forms(secrets):
        for secret in secrets:
            if secret:
                yield secret
                yield base64.b64encode(secret.encode()).decode()

    def __enter__(self):
        address, session, used = getattr(_kept, "last", None) or (None, None, 0)
        _kept.last = None
        if session and (address != self.base_url or time.monotonic() - used > IDLE):
            session.close()
            session = None
        if not session:
            session = requests.Session()
            session.trust_env = False  # a .netrc would replace the key in the header
        self._session, self._is_broken = session, False
        return self

    def __exit__(self, *_error):
        session, self._session = self._session, None
        if self._is_broken or getattr(_kept, "last", None):
            session.close()
            return
        session.cookies.clear()
        _kept.last = self.base_url, session, time.monotonic()

    def clean(self, text, more=()):
        """At most 300 characters without secrets, and without the words in ``more``."""
        return mask(str(text or ""), (*self.secrets, *more))[:300]

    def post(self, path, **request) -> Reply:
        return self.call("POST", path, **request)

    def get(self, path, **request) -> Reply:
        return self.call("GET", path, **request)

    def call(self, method, path, headers=None, **request) -> Reply:
        """The answer, whatever its status; ``Trouble`` if there is none.

        :param path: below the base address, or a whole address
        :param request: ``params``, ``data`` or ``json`` as of ``requests``
        """
        url = path if path.startswith(("http://", "https://")) else f"{self.base_url}/{path.lstrip('/')}"
        token = _hidden.set(self.secrets)
        trouble, self.wait = None, 0
        try:
            with self._session.request(
                method,
                url,
                headers={**self.headers, **(headers or {})},
                timeout=self.timeout,
                allow_redirects=False,
                stream=True,
                proxies=requests.utils.get_environ_proxies(url),
                **request,
            ) as response:
                return self._read(response)
        except Trouble as error:
            trouble = error
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            trouble = self._trouble(error)
        finally:
            _hidden.reset(token)
        self._is_broken = True  # what is left of the answer must not be taken for the next one
        raise trouble  # outside of the except: its context would have the address in it

    def _read(self, response):
        """The whole answer; one that drips in for ever is cut off."""
        self.wait = seconds_of(response.headers.get("Retry-After"))
        end = time.monotonic() + self.timeout * 2
        chunks, size = [], 0
        for chunk in response.iter_content(65536):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                raise Trouble("unsure", "unreadable", "The answer is far too large.")
            if time.monotonic() > end:
                raise Trouble("unsure", "timeout", "The answer did not end in time.")
        return Reply(response.status_code, b"".join(chunks).decode("utf-8-sig", "replace"))

    def _trouble(self, error):
        """What an error of the network means for the message: did the request leave?"""
        detail = self.clean(f"{type(error).__name__}: {error}")
        if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
            return Trouble("later", "unreachable", detail)
        if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
            return Trouble("unsure", "timeout", detail)
        if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema) or (
            isinstance(error, ValueError) and not isinstance(error, requests.ConnectionError)
        ):
            return Trouble("later", "config", detail)
        return Trouble("unsure", "server", detail)


def _never_connected(error):
    """Whether the error says that there was no connection at all (refused, no such host, a wrong certificate)."""
    seen = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(
            one, urllib3.exceptions.NewConnectionError | ssl.SSLCertVerificationError | ConnectionRefusedError
        ):
            return True
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return False


def seconds_of(retry_after: str | None, now: float | None = None) -> int:
    """Seconds that a header ``Retry-After`` asks for; 0 without one that can be read.

    >>> seconds_of("90"), seconds_of("-5"), seconds_of("9" * 30), seconds_of("soon"), seconds_of(None)
    (90, 0, 86400, 0, 0)
    >>> seconds_of("Thu, 01 Jan 1970 00:01:40 GMT", now=39.5)
    61
    """
    text = (retry_after or "").strip()
    try:
        wait = int(text) if text.isascii() and text.isdigit() else _seconds_until(text, now)
    except (TypeError, ValueError, OverflowError):
        return 0
    return min(max(wait, 0), LONGEST_WAIT)


def _seconds_until(text, now):
    return math.ceil(parsedate_to_datetime(text).timestamp() - (time.time() if now is None else now))


def by_status(reply: Reply) -> Trouble:
    """What an answer means that can't be read: by its HTTP status alone."""
    detail = f"HTTP {reply.status}"
    if reply.status == 429:
        return Trouble("later", "busy", detail)
    if reply.status in (401, 403, 407):
        return Trouble("later", "key", detail)
    if 300 <= reply.status < 500 and reply.status != 408:
        return Trouble("later", "config", detail)
    if reply.status >= 500:
        return Trouble("unsure", "server", detail)
    return Trouble("unsure", "unreadable", detail)
