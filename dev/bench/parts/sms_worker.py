"""A worker that sends a campaign until nothing of it is left, in a process of its own, so that it can be killed.

Started by dev/bench/parts/faulty.py. It says "ready", waits for a line, and says "done" when it lived so long.
"""

import sys
from datetime import timedelta

from child import set_up

#: Runs after which it gives up.
RUNS = 2000
#: The waits between two tries are not waited for.
SOONER = """UPDATE loyalty_club_message SET not_before = now() AT TIME ZONE 'UTC'
             WHERE state = 'waiting' AND lane = 'campaign' AND not_before > now() AT TIME ZONE 'UTC'"""


def work(registry):
    """Run the job of campaigns again and again; true when nothing waits any more."""
    from odoo import SUPERUSER_ID, api

    for _run in range(RUNS):
        with registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["loyalty.club.message"]._club_dispatch("campaign")
        with registry.cursor() as cr:
            cr.execute(SOONER)
            cr.execute("SELECT FROM loyalty_club_message WHERE state IN ('waiting', 'sending') LIMIT 1")
            if not cr.rowcount:
                return True
    return False


def main():
    args = set_up()
    from odoo.modules.registry import Registry

    registry = Registry(args.db)
    from odoo.addons.loyalty_club_sms.models import club_message_route

    club_message_route.REST = timedelta()  # a gateway in trouble is asked again at once, with one message
    print("ready", flush=True)
    if sys.stdin.readline():
        print("done" if work(registry) else "gave up", flush=True)


if __name__ == "__main__":
    main()
