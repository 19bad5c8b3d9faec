"""The demo's gateway: what Odoo sends is on a phone once, and what the phone answers is read."""

import json
import threading
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from demo_shop import phone, phone_box

NUMBER = "09123456701"


@pytest.fixture
def server(tmp_path):
    server = phone.serve(0, tmp_path / "phone.jsonl")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ask(server, path, form=None, **headers):
    data = urlencode(form).encode() if form is not None else None
    request = Request(f"http://127.0.0.1:{server.server_port}{path}", data, headers)
    with urlopen(request, timeout=10) as answer:
        return json.loads(answer.read()) if "json" in answer.headers["Content-Type"] else answer.read().decode()


def call(server, name, **form):
    return ask(server, f"/v1/{phone.KEY}/{name}.json", form)["entries"]


def inbox(server, after=0):
    return ask(server, f"/inbox.json?after={after}")["messages"]


def test_a_persian_message_arrives_as_it_was_sent(server):
    body = "سلام، می‌رسد ۱۲۳\nلغو۱۱"
    (sent,) = call(server, "sms/send", receptor=NUMBER, message=body, sender="1000")
    (message,) = inbox(server)
    assert (message["number"], message["body"], message["sender"]) == ("+989123456701", body, "1000")
    assert inbox(server, after=sent["messageid"]) == []
    assert "گوشی" in ask(server, "/")


def test_the_same_local_id_arrives_twice(server):
    for _time in range(2):
        form = {"receptor": [NUMBER, "09123456702"], "message": ["a", "b"], "sender": ["1", "1"]}
        form["localmessageids"] = ["x", "y"]
        entries = call(server, "sms/sendarray", **{name: json.dumps(value) for name, value in form.items()})
        assert [entry["receptor"] for entry in entries] == form["receptor"]
    assert [message["body"] for message in inbox(server)] == ["a", "b"]
    (told,) = call(server, "sms/statuslocalmessageid", localid="y")
    assert told["messageid"] == entries[1]["messageid"]


def test_a_message_is_delivered_after_a_while_or_never(server, monkeypatch):
    numbers = (NUMBER, f"091234567{phone_box.OFF}", f"091234567{phone_box.REFUSING}")
    entries = call(server, "sms/send", receptor=",".join(numbers), message="a", sender="1")
    ids = ",".join(str(entry["messageid"]) for entry in entries)
    assert [entry["status"] for entry in call(server, "sms/status", messageid=ids)] == [5, 5, 14]
    monkeypatch.setattr(phone_box, "DELIVERY_SECONDS", 0)
    assert [entry["status"] for entry in call(server, "sms/status", messageid=f"{ids},7")] == [10, 11, 14, 100]


def test_what_the_phone_answers_is_read_by_the_line_that_wrote(server):
    call(server, "sms/send", receptor=NUMBER, message="a", sender="+981000")
    ask(server, "/answer", {"number": NUMBER, "line": "+981000", "body": "لغو11"})
    (read,) = call(server, "sms/inboxpaged", linenumber="+981000", isread="0", pagenumber="1")
    assert call(server, "sms/inboxpaged", linenumber="+981000", isread="0", pagenumber="2") == []
    assert (read["sender"], read["message"]) == ("+989123456701", "لغو11")
    assert call(server, "sms/receive", linenumber="2000") == []


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        ("/v1/wrong/sms/send.json", {"receptor": NUMBER, "message": "a"}, 403),
        ("/v1/demo/sms/fly.json", {}, 404),
        ("/v2/demo/sms/send.json", {}, 404),
        ("/v1/demo/sms/send.json", {"receptor": NUMBER}, 406),
        ("/v1/demo/sms/send.json", {"receptor": "12", "message": "a"}, 411),
        ("/v1/demo/sms/send.json", {"receptor": ",".join([NUMBER] * 201), "message": "a"}, 414),
        ("/v1/demo/sms/sendarray.json", {"receptor": "x"}, 400),
    ],
)
def test_a_wrong_call_is_taken(server, path, form, code):
    with pytest.raises(HTTPError) as refusal:
        ask(server, path, form)
    assert json.loads(refusal.value.read())["return"]["status"] == code
    assert inbox(server) == []


def test_another_page_answers_in_the_name_of_a_phone(server):
    with pytest.raises(HTTPError):
        ask(server, "/answer", {"number": NUMBER, "body": "a"}, Origin="http://elsewhere.example")
    assert inbox(server) == []


def test_messages_are_lost_by_a_restart(server):
    call(server, "sms/send", receptor=NUMBER, message="سلام", sender="1", localid="x")
    again = phone_box.Phones(server.phones.store)
    assert [message["body"] for message in again.messages] == ["سلام"]
    assert again.credit == phone_box.CREDIT - phone_box.COST
    assert again.arrive("+989123456701", "سلام", "1", "x")["id"] == again.messages[0]["id"]


def bot(server, name, **values):
    request = Request(
        f"http://127.0.0.1:{server.server_port}/bot{phone.KEY}/{name}",
        json.dumps(values).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())["result"]


def test_a_bot_s_message_and_its_answer_are_on_the_page_and_cost_nothing(server):
    assert bot(server, "getMe")["username"]
    bot(server, "sendMessage", chat_id=989123456701, text="سلام")
    (message,) = inbox(server)
    assert (message["number"], message["body"], message["cost"]) == ("Bale +989123456701", "سلام", 0)
    ask(server, "/answer", {"number": message["number"], "line": message["sender"], "body": "/stop"})
    (update,) = bot(server, "getUpdates", offset=0)
    assert (update["message"]["text"], update["message"]["chat"]["id"]) == ("/stop", 989123456701)
    assert bot(server, "getUpdates", offset=update["update_id"] + 1) == []
    with pytest.raises(HTTPError):
        bot(server, "deleteWebhook")
