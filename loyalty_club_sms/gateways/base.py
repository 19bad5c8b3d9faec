"""What every SMS gateway's driver is: texts go in, an outcome for each comes out; nothing is sent twice by itself.

A driver is made for one use, from ``Settings``; it keeps no state and knows no database. ``send`` never raises for what
a gateway does. The other calls raise ``Trouble``, whose text has no secret in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from .transport import Http, Trouble

__all__ = [
    "GATEWAY_REASONS", "REASONS", "Driver", "Found", "Incoming", "Outcome", "Settings", "Status", "Text", "Trouble"
]  # fmt: skip

#: Why a message was refused, waits or failed: code and what it says. The addon translates them.
REASONS = {
    "number": "The number is not valid.",
    "blacklist": "The receiver blocked advertising at the operator or at the gateway.",
    "text": "The gateway does not allow this text (empty, too long, a filtered word or a link).",
    "opt_out_text": "The gateway wants the opt-out text in messages to many people.",
    "template": "The gateway does not know the template, or its values do not fit.",
    "sender": "The gateway does not allow this line.",
    "credit": "The gateway's account has no credit left.",
    "key": "The gateway does not accept the key, the user or this server's address.",
    "account": "The gateway's account is not active, or lacks a permission.",
    "limit": "The gateway's limit for a day or for an account is reached.",
    "size": "There were more receivers in a call than the gateway takes.",
    "busy": "The gateway was asked too often, or is busy.",
    "no_line": "The gateway has no line for this purpose.",
    "unreachable": "The gateway could not be reached.",
    "config": "The gateway did not understand the request; its settings need a look.",
    "timeout": "The gateway did not answer in time; the message may have gone.",
    "server": "The gateway failed while it worked on the request; the message may have gone.",
    "unreadable": "The gateway's answer could not be read; the message may have gone.",
    "not_delivered": "The operator could not deliver it.",
    "expired": "The operator gave up: the phone was off for too long.",
    "cancelled": "It was cancelled at the gateway.",
    "filtered": "The operator filtered it.",
    "unknown": "The gateway gave no known reason.",
}

#: Reasons about the gateway and our account there, not about the message: another gateway may well send it.
GATEWAY_REASONS = frozenset(
    {"sender", "credit", "key", "account", "limit", "busy", "unreachable", "config", "template", "no_line"}
)
#: A whole call refused for one of these is sent again in halves: one bad number must not cost the other 199.
_ONE_OF_MANY = frozenset({"number", "blacklist", "text", "size"})
#: What somebody can mend (or what mends itself) without a new message.
_PASSING = frozenset({"credit", "key", "account", "limit", "busy", "unreachable", "config"})


def refusal(reason: str, detail: str = "") -> Trouble:
    """The trouble of an answer that says clearly why nothing was sent."""
    return Trouble("later" if reason in _PASSING else "refused", reason, detail)


@dataclass(frozen=True, slots=True)
class Text:
    """One message to one number.

    ``uuid`` 32 hex digits that name it for ever; ``number`` E.164; ``template`` + ``values`` (in the template's order)
    name a template of the gateway, which is used instead of ``body`` where the driver can.
    """

    uuid: str
    number: str
    body: str
    template: str | None = None
    values: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message.

    ``state``: accepted (the gateway has it), refused (certain, for good), later (certain that it did not go, worth
    another try), unsure (it may have gone: never sent again unless the driver is idempotent). ``ref`` is the gateway's
    name for it; ``cost`` in the gateway's unit; ``wait`` is for how many seconds the gateway wants to be left alone;
    ``line_id`` is set by the gateway's model: the line that carried it.
    """

    uuid: str
    state: str
    ref: str | None = None
    reason: str | None = None
    cost: Decimal | None = None
    parts: int | None = None
    detail: str = ""
    wait: int = 0
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """``state``: queued, sent, delivered, failed, blocked or unknown; ``reason`` of ``REASONS``; ``at`` naive UTC."""

    state: str
    reason: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A message whose answer was lost, as the gateway knows it: by ``ref``, with its ``status``."""

    ref: str
    status: Status


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that somebody sent to a line: ``ref`` is unique per gateway, ``number`` E.164, ``at`` naive UTC."""

    ref: str
    number: str
    body: str
    at: datetime | None = None


@dataclass(frozen=True)
class Settings:
    """What a driver is told. ``options`` are the driver's own; a wait is in seconds."""

    base_url: str = ""
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0
    max_recipients: int = 0
    options: dict = field(default_factory=dict, repr=False)


class Driver:
    """One gateway. A subclass says what it is and writes ``_send`` and, where the gateway has them, the other calls."""

    code = ""
    label = ""
    base_url = ""  # where it is, unless the settings say otherwise
    needs = ("api_key",)  # settings without which it can't work
    max_recipients = 100  # texts per call
    max_refs = 100  # per status call
    max_find = 100  # own numbers per call
    max_template = 1  # texts per call of a template
    idempotent = False  # the same uuid is never sent twice, however often it is handed over
    idempotent_template = False  # the same for what goes by a template
    same_body = True  # one body per call
    can_template = False
    can_status = True
    find_within = 0  # seconds for which it finds messages by our own number; 0: it does not
    can_receive = True
    can_balance = True
    balance_unit = "rial"  # or "messages", or "" when it depends on the account

    def __init__(self, settings):
        self.settings = settings
        url = settings.base_url or self.base_url
        self.http = Http(url, timeout=settings.timeout, secrets=self._secrets(), headers=self._headers())
        self.max_recipients = settings.max_recipients or self.max_recipients

    # what callers use

    def send(self, texts: Iterable[Text], sender: str = "") -> list[Outcome]:
        """Hand the texts over in as few calls as the gateway allows, from the line ``sender`` (as the vendor writes
        it); outcomes in the order of the texts."""
        texts = list(texts)
        outcomes = {}
        with self.http:
            for call in self._calls(texts):
                cleaned = {}  # masking looks at every text of the call, so each complaint is masked once
                for outcome in self._deliver(call, sender):
                    if outcome.detail:
                        if outcome.detail not in cleaned:
                            cleaned[outcome.detail] = self.http.clean(outcome.detail, dict.fromkeys(_words(call)))
                        outcome = replace(outcome, detail=cleaned[outcome.detail])
                    outcomes[outcome.uuid] = outcome
        lost = "The gateway's answer does not mention it."
        return [
            outcomes.get(text.uuid) or Outcome(text.uuid, "unsure", None, "unreadable", detail=lost) for text in texts
        ]

    def statuses(self, refs: Iterable[str]) -> dict[str, Status]:
        """What the gateway knows about messages it accepted; those it does not know are left out."""
        refs, known = list(dict.fromkeys(refs)), {}
        with self.http:
            for start in range(0, len(refs), self.max_refs):
                some = refs[start : start + self.max_refs]
                try:
                    known.update(self._guarded(self._statuses, some))
                except Trouble:
                    if not known:
                        raise
                    break  # what is known is worth keeping; the rest is asked for the next time
        return known

    def find(self, uuids: Iterable[str]) -> dict[str, Found | None]:
        """What the gateway knows by our own numbers, within ``find_within`` seconds of the sending (of templates only
        if ``idempotent_template``); None: it certainly never came. What stays unclear is left out."""
        uuids, found = list(dict.fromkeys(uuids)), {}
        with self.http:
            for start in range(0, len(uuids), self.max_find):
                found.update(self._guarded(self._find, uuids[start : start + self.max_find]))
        return found

    def balance(self) -> Decimal:
        """What is left, in ``balance_unit``."""
        with self.http:
            return self._guarded(self._balance)

    def incoming(self, sender: str = "") -> list[Incoming]:
        """Messages that came to the line lately; the same one may come again."""
        with self.http:
            return self._guarded(self._incoming, sender)

    # what a driver writes

    reasons: dict[str, str] = {}  # {the gateway's code: reason}

    def _reason(self, code) -> str:
        """What a code of the gateway means; the settings may know codes that its document does not."""
        return (self.settings.options.get("codes") or {}).get(str(code)) or self.reasons.get(str(code), "unknown")

    def _headers(self) -> dict[str, str]:
        return {}

    def _secrets(self) -> list[str]:
        return [self.settings.api_key, self.settings.password]

    def _send(self, texts: list[Text], sender: str) -> Iterable[Outcome]:
        """One call: at most ``max_recipients`` texts, no number twice, one body if ``same_body``."""
        raise NotImplementedError

    def _send_template(self, texts: list[Text], sender: str) -> Iterable[Outcome]:
        """One call with texts of one template (and of the same values, if there are several)."""
        raise NotImplementedError

    def _statuses(self, refs: list[str]) -> dict[str, Status]:
        return {}

    def _find(self, uuids: list[str]) -> dict[str, Found | None]:
        return {}

    def _balance(self) -> Decimal:
        raise Trouble("refused", "config", "This gateway does not tell its balance.")

    def _incoming(self, sender: str) -> list[Incoming]:
        return []

    # how calls are made up

    def _calls(self, texts: list[Text]) -> Iterable[list[Text]]:
        """Calls of the size, and with the bodies, that the gateway takes; a number is in a call once."""
        open_calls: dict[tuple, list[list[Text]]] = {}
        for text in texts:
            templated = bool(text.template) and self.can_template
            limit = self.max_template if templated else self.max_recipients
            if templated:
                key = ("template", text.template, tuple((text.values or {}).items()))
            else:
                key = ("body", text.body if self.same_body else None)
            calls = open_calls.setdefault(key, [])
            for call in calls[-3:]:
                if len(call) < limit and all(text.number != other.number for other in call):
                    call.append(text)
                    break
            else:
                calls.append([text])
        return [call for calls in open_calls.values() for call in calls]

    def _guarded(self, call, *arguments, words=()):
        """Makes trouble of answers that are shaped otherwise than the document says, and masks what is told."""
        try:
            return call(*arguments)
        except Trouble as error:
            trouble = Trouble(error.state, error.reason, self.http.clean(error, words), error.wait or self.http.wait)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError) as error:
            trouble = Trouble("unsure", "unreadable", f"The answer has another shape ({type(error).__name__}).")
        raise trouble  # outside of the except: the context may have secrets in it

    def _deliver(self, call: list[Text], sender: str) -> list[Outcome]:
        one_call = self._send_template if call[0].template and self.can_template else self._send
        try:
            return self._guarded(lambda: list(one_call(call, sender)), words=_words(call))
        except Trouble as trouble:
            if trouble.state == "refused" and trouble.reason in _ONE_OF_MANY and len(call) > 1:
                half = len(call) // 2
                return self._deliver(call[:half], sender) + self._deliver(call[half:], sender)
            said = (None, trouble.reason, None, None, str(trouble), trouble.wait)
            return [Outcome(text.uuid, trouble.state, *said) for text in call]


def _words(call):
    """What people were told in these texts: no gateway's complaint shall repeat a one-time code."""
    for text in call:
        yield from (str(word) for word in (text.body, *(text.values or {}).values()) if len(str(word)) > 3)
