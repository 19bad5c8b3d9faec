"""A messenger with the Bot API, as Telegram and Bale document it, on a port of this machine.

``with FakeMessenger() as messenger:`` gives ``url``; ``sent`` is what bots wrote, ``write`` is a person who writes.
``moods`` makes a chat (or every call, under ``None``) go wrong: blocked, missing, long, busy, down, hang, garbage.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "110201543:fake-token-of-a-test"
NAME = "club_test_bot"


class FakeMessenger:
    """Keeps updates until a call names a later one, as the real ones do."""

    def __init__(self, token=TOKEN, name=NAME):
        self.token, self.name = token, name
        self.sent, self.moods, self.updates, self.calls = [], {}, [], []
        self.next_update, self.next_message = 700, 1
        self.lock = threading.Lock()
        self.release = threading.Event()

    def __enter__(self):
        messenger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                messenger.answer(self, json.loads(body or b"{}"))

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()

    # -- people --------------------------------------------------------------------------------------------------------

    def says(self, chat, text, type="private"):
        """A person writes to the bot; the number of the update."""
        values = {"chat": {"id": chat, "type": type}, "date": 1_790_000_000, "text": text}
        return self._happens({"message": values})

    def stop(self, chat):
        """A person stops the bot in his messenger."""
        self.moods[chat] = "blocked"
        values = {"chat": {"id": chat, "type": "private"}, "new_chat_member": {"status": "kicked"}}
        return self._happens({"my_chat_member": values})

    def _happens(self, update):
        with self.lock:
            self.next_update += 1
            self.updates.append({"update_id": self.next_update, **update})
            return self.next_update

    # -- the API -------------------------------------------------------------------------------------------------------

    def answer(self, handler, values):
        method = handler.path.rsplit("/", 1)[-1]
        with self.lock:
            self.calls.append((method, values))
        if handler.path != f"/bot{self.token}/{method}":
            return self._reply(handler, 401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        mood = self.moods.get(values.get("chat_id"), self.moods.get(None))
        if mood:
            return self._moody(handler, mood)
        return self._reply(handler, 200, {"ok": True, "result": getattr(self, f"_{method}")(values)})

    def _moody(self, handler, mood):
        if mood == "hang":
            self.release.wait(30)
            return None
        if mood == "garbage":
            return self._reply(handler, 200, "<html>no json</html>")
        if mood == "down":
            return self._reply(handler, 502, "<html>bad gateway</html>")
        code, text, more = {
            "blocked": (403, "Forbidden: bot was blocked by the user", {}),
            "missing": (400, "Bad Request: chat not found", {}),
            "long": (400, "Bad Request: message is too long", {}),
            "busy": (429, "Too Many Requests: retry after 17", {"parameters": {"retry_after": 17}}),
        }[mood]
        return self._reply(handler, code, {"ok": False, "error_code": code, "description": text, **more})

    def _getMe(self, _values):
        return {"id": 1, "is_bot": True, "username": self.name}

    def _sendMessage(self, values):
        with self.lock:
            self.next_message += 1
            self.sent.append((values["chat_id"], values["text"]))
            return {"message_id": self.next_message, "chat": {"id": values["chat_id"]}}

    def _getUpdates(self, values):
        with self.lock:
            self.updates = [update for update in self.updates if update["update_id"] >= values.get("offset", 0)]
            return self.updates[: values.get("limit", 100)]

    def _reply(self, handler, status, content):
        data = (content if isinstance(content, str) else json.dumps(content)).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
