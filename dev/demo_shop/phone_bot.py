"""The demo's messenger: the part of Bale's bot API that the driver uses. Its chats are on the page of phones, too."""

BALE, NAME = "Bale ", "sample_club_bot"


class Unknown(Exception):
    """There is no such call; its words go to the caller."""


class Messenger:
    """``phones``: see ``phone_box``. A chat's id is the digits of its owner's mobile."""

    def __init__(self, phones):
        self.phones = phones

    def call(self, name: str, values: dict):
        calls = {"getMe": self.me, "sendMessage": self.send, "getUpdates": self.updates}
        if name not in calls:
            raise Unknown("no such method")
        return calls[name](values)

    def me(self, _values):
        return {"id": 1, "is_bot": True, "username": NAME}

    def send(self, values):
        message = self.phones.arrive(f"{BALE}+{values['chat_id']}", str(values["text"]), f"@{NAME}", priced=False)
        return {"message_id": message["id"], "date": message["at"], "text": message["body"]}

    def updates(self, values):
        offset = int(values.get("offset") or 0)
        with self.phones.lock:
            answers = [one for one in self.phones.messages if one["incoming"] and one["number"].startswith(BALE)]
        return [
            {
                "update_id": one["id"],
                "message": {
                    "date": one["at"],
                    "text": one["body"],
                    "chat": {"id": int(one["number"].removeprefix(f"{BALE}+")), "type": "private"},
                },
            }
            for one in answers
            if one["id"] >= offset
        ][: int(values.get("limit") or 100)]
