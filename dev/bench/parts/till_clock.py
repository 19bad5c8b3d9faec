"""One till's process that pays again and again until it is told to stop, and says how long each payment took.

Started by dev/bench/expire.py. It says "ready", waits for a line ({"accounts", "stop": a file, "tag"}), pays until the
file exists and answers with a list of seconds.
"""

import json
import sys
import time
from pathlib import Path

from child import set_up
from spender import Ours


def pay(till, order):
    """Set one unit of one account after the other aside and capture it; seconds of each payment."""
    accounts, stop, seconds = order["accounts"], Path(order["stop"]), []
    while not stop.exists():
        number = len(seconds)
        account_id, key = accounts[number % len(accounts)], f"{order['tag']}:{number}"
        started = time.perf_counter()
        till.capture(till.hold(account_id, key), account_id, key)
        seconds.append(time.perf_counter() - started)
    return seconds


def main():
    args = set_up("ids")
    till = Ours(args.db, args.ids)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(pay(till, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
