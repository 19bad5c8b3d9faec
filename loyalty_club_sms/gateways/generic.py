"""A gateway described by data: how to ask, and where the answer is. Texts are put into a parsed template, never pasted.

``options`` (all but ``send_url`` may be left out)::

    method, send_url, headers {name: value}, body (JSON text), body_kind json|form|query, join one|comma|list,
    number_form, country, success_path, success_value, id_path, error_path, codes {code: reason},
    status_url, status_path, status_map {word: state}, balance_url, balance_path

Placeholders in addresses, headers and body: {key} {username} {password} {sender} {number} {text} {uuid} {ref}.
"""

import json
import re
from urllib.parse import quote

from .base import Driver, Outcome, Status, refusal
from .path import matches, resolve
from .phone import number_as
from .reading import decimal
from .transport import Trouble, by_status

STATES = ("queued", "sent", "delivered", "failed", "blocked", "unknown")
_PLACEHOLDER = re.compile(r"\{(key|username|password|sender|number|text|uuid|ref)\}")

#: Headers that may hold a key that was typed there instead of {key}.
_SECRET = re.compile("auth|key|token|secret|password", re.IGNORECASE)


class Generic(Driver):
    code = "generic"
    label = "Another gateway (HTTP)"
    needs = ("base_url",)
    can_receive = False
    max_refs = 50
    balance_unit = ""

    def __init__(self, settings):
        super().__init__(settings)
        self.options = settings.options
        if self.options.get("join", "one") == "one":
            self.max_recipients = 1
        self.can_status = bool(self.options.get("status_url"))
        self.can_balance = bool(self.options.get("balance_url"))

    def _secrets(self):
        headers = self.settings.options.get("headers") or {}
        return [*super()._secrets(), *(text for name, text in headers.items() if _SECRET.search(name))]

    def _send(self, texts, sender):
        numbers = [
            number_as(text.number, self.options.get("number_form") or "e164", self.options.get("country") or "98")
            for text in texts
        ]
        values = {
            "sender": sender,
            "number": numbers if self.options.get("join") == "list" else ",".join(numbers),
            "text": texts[0].body,
            "uuid": texts[0].uuid,
        }
        reply = self._ask(self.options.get("send_url") or "", values, self.options.get("method") or "POST")
        self._check(reply)
        refs = self._refs(reply, len(texts))
        return [Outcome(text.uuid, "accepted", ref) for text, ref in zip(texts, refs, strict=True)]

    def _refs(self, reply, count):
        """The messages' names: one for each, or none where one name is for several."""
        found = resolve(reply.data, self.options["id_path"]) if self.options.get("id_path") else None
        found = found if isinstance(found, list) else [found]
        if len(found) != count:
            return [None] * count
        return [None if one in (None, "", 0) else str(one) for one in found]

    def _check(self, reply):
        """Whether it went, by the path of success; by the HTTP status where none is given."""
        path = self.options.get("success_path")
        if not path:
            if 200 <= reply.status < 300:
                return
            raise self._error(reply)
        if reply.data is None:
            raise by_status(reply)
        if not matches(resolve(reply.data, path), self.options.get("success_value")):
            raise self._error(reply)

    def _error(self, reply):
        """What the error's code means; a code that nobody described leaves it to the HTTP status."""
        code = resolve(reply.data, self.options["error_path"]) if self.options.get("error_path") else None
        known = (self.options.get("codes") or {}).get(str(code))
        if known:
            return refusal(known, str(code))
        trouble = by_status(reply)
        if 200 <= reply.status < 300 and code is None and resolve(reply.data, self.options["success_path"]) is None:
            return Trouble("unsure", "unreadable", "Nothing is where success or error should be.")
        if 200 <= reply.status < 300:
            return refusal("unknown", str(code if code is not None else ""))
        return Trouble(trouble.state, trouble.reason, f"{trouble} {code or ''}".strip())

    def _statuses(self, refs):
        known = {}
        words = {str(word).lower(): state for word, state in (self.options.get("status_map") or {}).items()}
        for ref in refs:
            reply = self._ask(self.options["status_url"], {"ref": ref}, "GET")
            word = resolve(reply.data, self.options.get("status_path") or "")
            if word is None:
                raise by_status(reply)
            state = words.get(str(word).lower(), "unknown")
            reason = {"failed": "not_delivered", "blocked": "blacklist"}.get(state)
            known[ref] = Status(state if state in STATES else "unknown", reason)
        return known

    def _balance(self):
        reply = self._ask(self.options["balance_url"], {}, "GET")
        balance = decimal(resolve(reply.data, self.options.get("balance_path") or ""))
        if balance is None:
            raise by_status(reply) if reply.data is None else Trouble("unsure", "unreadable", "No balance there.")
        return balance

    def _ask(self, url, values, method):
        values = {
            "key": self.settings.api_key,
            "username": self.settings.username,
            "password": self.settings.password,
            **values,
        }
        headers = {name: fill(value, values) for name, value in (self.options.get("headers") or {}).items()}
        request = {}
        if method != "GET" or self.options.get("body_kind") == "query":
            request = self._body(values) if "text" in values else {}
        return self.http.call(method, fill_url(url, values), headers=headers, **request)

    def _body(self, values):
        try:
            template = json.loads(self.options.get("body") or "{}")
        except ValueError:
            raise refusal("config", "The body is no JSON.")
        kind = self.options.get("body_kind") or "json"
        body = fill(template, values)
        return {{"json": "json", "form": "data", "query": "params"}[kind]: body}


def fill(template, values):
    """The template with its placeholders filled, in every text of it; a text that is one placeholder takes its type.

    >>> fill({"to": "{number}", "text": "Hi: {text}"}, {"number": ["0912"], "text": "{key}"})
    {'to': ['0912'], 'text': 'Hi: {key}'}
    """
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    if not isinstance(template, str):
        return template
    whole = _PLACEHOLDER.fullmatch(template)
    if whole:
        return values.get(whole[1], "")
    return _PLACEHOLDER.sub(lambda found: _joined(values.get(found[1], "")), template)


def fill_url(url, values):
    """
    >>> fill_url("send?to={number}&key={key}", {"number": "+98912", "key": "a/b"})
    'send?to=%2B98912&key=a%2Fb'
    """
    return _PLACEHOLDER.sub(lambda found: quote(_joined(values.get(found[1], "")), safe=""), url)


def _joined(value):
    return ",".join(value) if isinstance(value, list) else str(value)
