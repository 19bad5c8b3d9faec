"""Melipayamak by SOAP: each receiver gets a number (or a code) of his own, and many states are read in one call."""

import time

import requests
import zeep
import zeep.helpers
from zeep.transports import Transport
from zeep.wsdl.bindings import Soap11Binding

from .base import Driver, Outcome, refusal
from .melipayamak import CODES, is_id, read_inbox, status_of
from .phone import number_as
from .reading import decimal, rows_of
from .transport import Trouble, by_status, lower_keys

#: Descriptions of the service that were read: {address: (until when they are good, bytes)}.
_descriptions: dict[str, tuple[float, bytes]] = {}
KEEP = 3600


class _Transport(Transport):
    """Lets zeep ask through our own door, with its time limit and its masking."""

    def __init__(self, http):
        super().__init__()
        self._http = http

    def load(self, url):
        known = _descriptions.get(url)
        if not known or known[0] < time.monotonic():
            try:
                reply = self._http.get(url)
            except Trouble as error:
                raise Trouble("later", "unreachable", str(error))  # nothing was sent yet, whatever the reason
            if reply.status != 200:
                raise Trouble("later", "unreachable", f"HTTP {reply.status}")
            known = _descriptions[url] = time.monotonic() + KEEP, reply.text.encode()
        return known[1]

    def post(self, address, message, headers):
        reply = self._http.post(address, data=message, headers=headers)
        if reply.status != 200 and "Envelope" not in reply.text:
            raise by_status(reply)
        response = requests.Response()
        response.status_code = reply.status
        response._content = reply.text.encode()
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        return response


class MelipayamakSoap(Driver):
    code = "melipayamak_soap"
    label = "Melipayamak (SOAP)"
    base_url = "http://api.payamak-panel.com/post"
    needs = ("username", "password")
    max_recipients = 100
    can_template = True
    balance_unit = ""
    reasons = CODES

    def _send(self, texts, sender):
        values = self._ask(
            "send",
            "SendSimpleSMS",
            to=[number_as(text.number, "0") for text in texts],
            text=texts[0].body,
            isflash=False,
            **{"from": sender},
        )
        values = [str(value).strip() for value in _items(values)]
        if len(values) == 1 and len(texts) > 1 and not is_id(values[0]):
            raise self._refused(values[0])
        if len(values) != len(texts):
            raise Trouble("unsure", "unreadable", "The answer does not have a number for each message.")
        return [self._outcome(text, value) for text, value in zip(texts, values, strict=True)]

    def _send_template(self, texts, sender):
        text = texts[0]
        joined = ";".join(str(value) for value in (text.values or {}).values())
        value = self._ask(
            "send", "SendByBaseNumber2", text=joined, to=number_as(text.number, "0"), bodyId=int(text.template)
        )
        return [self._outcome(text, str(value))]

    def _outcome(self, text, value):
        if is_id(value):
            return Outcome(text.uuid, "accepted", value)
        trouble = self._refused(value)
        return Outcome(text.uuid, trouble.state, None, trouble.reason, detail=str(trouble))

    def _refused(self, code):
        if code == "-6":
            return Trouble("unsure", "server", code)
        return refusal(self._reason(code), code)

    def _statuses(self, refs):
        values = _items(self._ask("send", "GetDeliveries", recIds=[int(ref) for ref in refs if ref.isdigit()]))
        return {ref: status_of(value) for ref, value in zip(refs, values, strict=True)}

    def _balance(self):
        credit = decimal(self._ask("send", "GetCredit"))
        if credit is None:
            raise Trouble("unsure", "unreadable", "The answer is no number.")
        return credit

    def _incoming(self, sender):
        rows = self._ask("receive", "getMessages", location=1, index=0, count=100, **{"from": sender})
        rows = lower_keys(zeep.helpers.serialize_object(rows, dict))
        return read_inbox(rows_of(rows))

    def _ask(self, service, method, **values):
        """The result of a method; what its description does not know is left out."""
        values = {"username": self.settings.username, "password": self.settings.password, **values}
        call, takes = self._method(service, method)
        given = {}
        for name in values.keys() & takes.keys():
            value = values[name]
            given[name] = takes[name].type(value) if isinstance(value, list) else value
        try:
            return call(**given)
        except zeep.exceptions.Fault as error:
            trouble = Trouble("unsure", "server", str(error))
        except zeep.exceptions.Error as error:
            trouble = Trouble("unsure", "unreadable", str(error))
        raise trouble  # outside of the except: its context may have secrets in it

    def _method(self, service, method):
        """The method, and what it takes: {name: element}; nothing is sent yet, so whatever fails is tried again."""
        address = f"{self.http.base_url}/{service}.asmx"
        try:
            client = zeep.Client(f"{address}?wsdl", transport=_Transport(self.http))
            name, binding = next(
                (name, one) for name, one in client.wsdl.bindings.items() if isinstance(one, Soap11Binding)
            )
            # the description names the vendor's host; the settings may have another
            call = getattr(client.create_service(name, address), method)
            return call, dict(binding.get(method).input.body.type.elements)
        except (zeep.exceptions.Error, AttributeError, StopIteration, ValueError) as error:
            _descriptions.pop(f"{address}?wsdl", None)
            trouble = Trouble("later", "config", f"The service's description can't be used ({type(error).__name__}).")
        raise trouble


def _items(value):
    """The values of an array, which zeep gives as a list or as an object with one."""
    if isinstance(value, list):
        return value
    inner = list(value.__values__.values())[0] if hasattr(value, "__values__") else value
    return inner if isinstance(inner, list) else [inner] if inner is not None else []
