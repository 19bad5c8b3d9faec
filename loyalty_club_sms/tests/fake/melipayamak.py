"""Melipayamak's REST service: a form with user and password, one value as the answer."""

from .base import Fake, clean_number, is_mobile

CODES = {"queued": 400, "sent": 8, "delivered": 1, "failed": 16, "blocked": 35}


class FakeMelipayamak(Fake):
    price = 1  # this panel counts messages
    first_ref = 4_567_890_123_456_000_001
    opt_out = "لغو11"
    needs_opt_out = False
    ids_for_each = True  # or one number for all receivers of a call
    key_in_header = False

    @property
    def url(self):
        return f"{self.host}/api/SendSMS"

    def say(self, value, code=1):
        return 200, {"Value": str(value), "RetStatus": code, "StrRetStatus": "Ok" if code == 1 else "Error"}

    def answer(self, request):
        form = request.form
        known = (form.get("username"), form.get("password")) == (self.user, self.password)
        if self.key_in_header:
            known = request.headers.get("apikey") == self.key
        if not known:
            return self.say("0", 0)
        return getattr(self, request.path.rsplit("/", 1)[-1].lower())(form)

    def problem(self, numbers, text, sender):
        """The document's code of what is wrong, or None."""
        if not text:
            return 17
        if sender not in self.senders:
            return 5
        if len(numbers) > self.limit:
            return 4
        if not all(is_mobile(number) for number in numbers):
            return 16
        if len(numbers) > 1 and self.needs_opt_out and self.opt_out not in text:
            return 15
        if not self.can_pay([text] * len(numbers)):
            return 2
        return 35 if set(numbers) & self.blacklist else None

    def sendsms(self, form):
        numbers = [clean_number(number) for number in form["to"].split(",")]
        problem = self.problem(numbers, form["text"], form["from"])
        if problem:
            return self.say(problem, problem)
        refs = [str(self.take(number, form["text"], form["from"]).ref) for number in numbers]
        return self.say(",".join(refs) if self.ids_for_each else refs[0])

    def baseservicenumber(self, form):
        if form["bodyId"] != "1234":
            return self.say("-4", -4)
        return self.say(self.take(clean_number(form["to"]), f"code: {form['text']}", "service").ref)

    def getdeliveries2(self, form):
        message = self.find(form["recId"])
        return self.say(CODES[self.stage(message)] if message else 100)

    def getcredit(self, _form):
        return self.say(self.credit)

    def getmessages(self, _form):
        rows = [
            {"MsgID": number, "Body": one["body"], "Sender": one["number"].replace("+98", "0"), "SendDate": None}
            for number, one in enumerate(self.inbox)
        ]
        return 200, {"MyBase": {"Value": "", "RetStatus": 1, "StrRetStatus": "Ok"}, "Data": rows}
