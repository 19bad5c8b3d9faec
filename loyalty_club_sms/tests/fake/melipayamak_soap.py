"""Melipayamak's SOAP service with its own description, which names the vendor's host: a driver must keep to ours."""

import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

from .base import clean_number
from .melipayamak import CODES, FakeMelipayamak

NS = "http://tempuri.org/"
STRINGS, LONGS, INTS = "tns:ArrayOfString", "tns:ArrayOfLong", "tns:ArrayOfInt"
LOGIN = [("username", "s:string"), ("password", "s:string")]
#: {service: {method: (arguments, result)}}
METHODS = {
    "send": {
        "SendSimpleSMS": (
            [*LOGIN, ("to", STRINGS), ("from", "s:string"), ("text", "s:string"), ("isflash", "s:boolean")],
            STRINGS,
        ),
        "SendByBaseNumber2": ([*LOGIN, ("text", "s:string"), ("to", "s:string"), ("bodyId", "s:int")], "s:string"),
        "GetDeliveries": ([("recIds", LONGS)], INTS),
        "GetCredit": (LOGIN, "s:double"),
    },
    "receive": {
        "getMessages": (
            [*LOGIN, ("location", "s:int"), ("from", "s:string"), ("index", "s:int"), ("count", "s:int")],
            "tns:ArrayOfMessagesBL",
        ),
    },
}


def _elements(fields):
    return "".join(f'<s:element minOccurs="0" name="{name}" type="{kind}"/>' for name, kind in fields)


def _array(name, item, kind):
    return (
        f'<s:complexType name="{name}"><s:sequence><s:element minOccurs="0" maxOccurs="unbounded" name="{item}"'
        f' nillable="true" type="{kind}"/></s:sequence></s:complexType>'
    )


def wsdl(service):
    """The description of a service, as asp.net writes it: a binding for SOAP 1.2 and for 1.1.

    Long because it is one document.
    """
    methods = METHODS[service]
    types = "".join(
        f'<s:element name="{name}"><s:complexType><s:sequence>{_elements(fields)}</s:sequence></s:complexType>'
        f'</s:element><s:element name="{name}Response"><s:complexType><s:sequence>'
        f"{_elements([(name + 'Result', result)])}</s:sequence></s:complexType></s:element>"
        for name, (fields, result) in methods.items()
    )
    types += _array("ArrayOfString", "string", "s:string") + _array("ArrayOfLong", "long", "s:long")
    types += _array("ArrayOfInt", "int", "s:int") + _array("ArrayOfMessagesBL", "MessagesBL", "tns:MessagesBL")
    inbox = [("MsgID", "s:long"), ("Body", "s:string"), ("Sender", "s:string"), ("SendDate", "s:dateTime")]
    types += f'<s:complexType name="MessagesBL"><s:sequence>{_elements(inbox)}</s:sequence></s:complexType>'
    messages = "".join(
        f'<w:message name="{name}In"><w:part name="parameters" element="tns:{name}"/></w:message>'
        f'<w:message name="{name}Out"><w:part name="parameters" element="tns:{name}Response"/></w:message>'
        for name in methods
    )
    operations = "".join(
        f'<w:operation name="{name}"><w:input message="tns:{name}In"/><w:output message="tns:{name}Out"/></w:operation>'
        for name in methods
    )
    bindings, ports = "", ""
    for prefix in ("soap", "soap12"):
        bound = "".join(
            f'<w:operation name="{name}"><{prefix}:operation soapAction="{NS}{name}" style="document"/>'
            f'<w:input><{prefix}:body use="literal"/></w:input><w:output><{prefix}:body use="literal"/></w:output>'
            "</w:operation>"
            for name in methods
        )
        bindings += (
            f'<w:binding name="{prefix}B" type="tns:P"><{prefix}:binding transport="http://schemas.xmlsoap.org/soap/'
            f'http"/>{bound}</w:binding>'
        )
        ports += (
            f'<w:port name="{prefix}P" binding="tns:{prefix}B">'
            f'<{prefix}:address location="http://api.payamak-panel.example/post/{service}.asmx"/></w:port>'
        )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s='
        f'"http://www.w3.org/2001/XMLSchema" xmlns:tns="{NS}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
        f'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" targetNamespace="{NS}"><w:types><s:schema '
        f'elementFormDefault="qualified" targetNamespace="{NS}">{types}</s:schema></w:types>{messages}'
        f'<w:portType name="P">{operations}</w:portType>{bindings}<w:service name="S">{ports}</w:service>'
        "</w:definitions>"
    )


class FakeMelipayamakSoap(FakeMelipayamak):
    @property
    def url(self):
        return f"{self.host}/post"

    def handle(self, request):
        if request.method == "GET":  # descriptions are no calls of a test
            return 200, wsdl(request.path.rsplit("/", 1)[-1].removesuffix(".asmx").lower())
        return super().handle(request)

    def answer(self, request):
        body = ET.fromstring(request.body)[-1][0]
        name = body.tag.rsplit("}", 1)[-1]
        values = {}
        for child in body:
            tag = child.tag.rsplit("}", 1)[-1]
            values[tag] = [one.text or "" for one in child] if len(child) else child.text or ""
        return 200, self.envelope(name, getattr(self, name.lower())(values))

    def envelope(self, name, result):
        return (
            '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
            f'><soap:Body><{name}Response xmlns="{NS}"><{name}Result>{result}</{name}Result></{name}Response>'
            "</soap:Body></soap:Envelope>"
        )

    def knows(self, values):
        return (values.get("username"), values.get("password")) == (self.user, self.password)

    def sendsimplesms(self, values):
        numbers = [clean_number(number) for number in values["to"]]
        if not self.knows(values):
            return "<string>0</string>"
        good = [number for number in numbers if number not in self.blacklist]
        problem = self.problem(good, values["text"], values["from"])
        if problem:
            return f"<string>{problem}</string>"
        text, sender = values["text"], values["from"]
        results = (35 if number in self.blacklist else self.take(number, text, sender).ref for number in numbers)
        return "".join(f"<string>{result}</string>" for result in results)

    def sendbybasenumber2(self, values):
        if not self.knows(values):
            return "0"
        if values["bodyId"] != "1234":
            return "-4"
        return str(self.take(clean_number(values["to"]), f"code: {values['text']}", "service").ref)

    def getdeliveries(self, values):
        found = [self.find(ref) for ref in values["recIds"]]
        return "".join(f"<int>{CODES[self.stage(one)] if one else 100}</int>" for one in found)

    def getcredit(self, values):
        return str(self.credit if self.knows(values) else 0)

    def getmessages(self, _values):
        return "".join(
            f"<MessagesBL><MsgID>{number}</MsgID><Body>{escape(one['body'])}</Body>"
            f"<Sender>{one['number'].replace('+98', '0')}</Sender></MessagesBL>"
            for number, one in enumerate(self.inbox)
        )
