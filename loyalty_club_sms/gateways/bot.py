"""Bots of messengers that speak the Bot API: Telegram and Bale. A text goes to one chat; what people write is fetched.

The token is part of every address, so it is masked like any other secret. ``Text.number`` is the chat here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone

from .base import Driver, Outcome, Text
from .transport import Reply, Trouble, by_status, seconds_of

#: Most updates that one call gives.
UPDATES = 100


@dataclass(frozen=True, slots=True)
class Update:
    """Something that happened in a private chat: a text, or (``blocked``) the person stopped the bot. ``at`` is UTC."""

    id: int
    chat: str
    text: str
    at: datetime | None = None
    blocked: bool = False


class Bot(Driver):
    """A bot. Its messages have no delivery report and no price; the API takes one per call."""

    max_recipients = 1
    same_body = False
    can_status = False
    can_balance = False
    balance_unit = ""
    link_base = ""  # where a deep link to a bot begins

    def updates(self, offset: int = 0) -> list[Update]:
        """What happened from update ``offset`` on; everything before is confirmed and never comes again.

        :raises Trouble: the API could not be asked
        """
        with self.http:
            result = self._result(self._call("getUpdates", {"offset": offset, "limit": UPDATES, "timeout": 0}))
        if not isinstance(result, list):
            raise Trouble("unsure", "unreadable", "The list of updates could not be read.")
        return [update for update in map(self._update, result) if update]

    def username(self) -> str:
        """The bot's name, as in its links; also the test of the token."""
        with self.http:
            result = self._result(self._call("getMe", {}))
        name = result.get("username") if isinstance(result, dict) else None
        if not name:
            raise Trouble("unsure", "unreadable", "The answer has no name of the bot.")
        return str(name)

    def link(self, username: str, token: str) -> str:
        """The address that opens the bot with ``/start <token>``."""
        return f"{self.link_base}/{username}?start={token}"

    # -- calls ---------------------------------------------------------------------------------------------------------

    def _call(self, method: str, values: dict) -> Reply:
        return self.http.post(f"bot{self.settings.api_key}/{method}", json=values)

    def _result(self, reply: Reply):
        """What the call gave.

        :raises Trouble: it says that it failed, or says nothing that can be read
        """
        data = reply.data if isinstance(reply.data, dict) else {}
        if data.get("ok") is True:
            return data.get("result")
        raise self._failure(reply, data)

    def _failure(self, reply: Reply, data: dict) -> Trouble:
        if data.get("ok") is not False:
            return by_status(reply)
        status = data.get("error_code") or reply.status
        said = self.http.clean(data.get("description"))
        if status == 429:
            return Trouble("later", "busy", said, seconds_of(str((data.get("parameters") or {}).get("retry_after"))))
        if status == 403:
            return Trouble("refused", "blacklist", said)
        if status == 400:
            return Trouble("refused", "number" if "chat" in said.lower() else "text", said)
        if status in (401, 404):
            return Trouble("later", "key", said)
        return Trouble("unsure" if status >= 500 else "later", "server" if status >= 500 else "config", said)

    def _send(self, texts: list[Text], sender: str) -> Iterable[Outcome]:
        (text,) = texts
        result = self._result(self._call("sendMessage", {"chat_id": _chat(text.number), "text": text.body}))
        ref = result.get("message_id") if isinstance(result, dict) else None
        yield Outcome(text.uuid, "accepted", None if ref is None else str(ref))

    def _update(self, raw) -> Update | None:
        """An update as we need it; what does not concern a private chat only moves the offset."""
        if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
            return None
        member = raw.get("my_chat_member")
        message = raw.get("message") or member
        if not isinstance(message, dict) or not isinstance(message.get("chat"), dict):
            return Update(raw["update_id"], "", "")
        chat = message["chat"]
        if chat.get("type", "private") != "private":
            return Update(raw["update_id"], "", "")
        at = message.get("date")
        blocked = bool(member) and (member.get("new_chat_member") or {}).get("status") in ("kicked", "left")
        return Update(
            raw["update_id"],
            str(chat.get("id", "")),
            str(message.get("text") or ""),
            datetime.fromtimestamp(at, timezone.utc).replace(tzinfo=None) if isinstance(at, int) else None,
            blocked,
        )


class Telegram(Bot):
    code = "telegram"
    label = "Telegram"
    base_url = "https://api.telegram.org"
    link_base = "https://t.me"


class Bale(Bot):
    code = "bale"
    label = "Bale"
    base_url = "https://tapi.bale.ai"
    link_base = "https://ble.ir"


#: {code: class}. Not among ``DRIVERS``: these have chats in place of numbers and lines.
BOTS: dict[str, type[Bot]] = {bot.code: bot for bot in (Telegram, Bale)}


def _chat(text: str):
    return int(text) if text.lstrip("-").isdigit() else text
