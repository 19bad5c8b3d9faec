"""Somebody who asks for one-time codes while a campaign runs: one code a while, each in a request of its own.

Started by dev/bench/messages.py. It says "ready", waits for a line ({"stop": a file, "every", "club", "tag"}), asks
until the file exists and answers with {text of the code: time of the click}.
"""

import json
import sys
import time
from pathlib import Path

from child import set_up


def click(registry, order, number):
    """A request that asks for a code; (its text, when it was asked for)."""
    from odoo import SUPERUSER_ID, api

    text = f"{order['tag']} {number}"
    clicked = time.time()
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["loyalty.club.message"]._club_queue(
            [
                {
                    "key": f"bench:{text}",
                    "lane": "code",
                    "purpose": "code",
                    "club_id": order["club"],
                    "address": f"+98935{number:07d}",
                    "body": text,
                }
            ]
        )
    return text, clicked


def main():
    args = set_up()
    from odoo.modules.registry import Registry

    registry = Registry(args.db)
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        clicks = {}
        while not Path(order["stop"]).exists():
            text, clicked = click(registry, order, len(clicks))
            clicks[text] = clicked
            time.sleep(max(0.0, clicked + order["every"] - time.time()))
        print(json.dumps(clicks), flush=True)


if __name__ == "__main__":
    main()
