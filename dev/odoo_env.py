"""An Odoo environment for the scripts of this folder, without a server.

    with odoo_env("club_demo") as env:
        env["res.partner"].search([])

Commits when the block ends well, rolls back when it raises. The configuration comes from ODOO_RC, which ./club sets.
"""

import os
import threading
from contextlib import contextmanager


def registry(db, *options):
    """The registry of a database; options are Odoo's own command line options."""
    if "ODOO_RC" not in os.environ:
        raise SystemExit("run this through ./club, which sets up Odoo's configuration")
    import odoo.modules.registry  # after the check: without ./club there may be no odoo
    from odoo.tools import config

    config.parse_config([f"--database={db}", "--max-cron-threads=0", "--no-http", "--log-level=warn", *options])
    threading.current_thread().dbname = db
    return odoo.modules.registry.Registry(db)


@contextmanager
def odoo_env(db, *options, uid=None, context=None):
    with registry(db, *options).cursor() as cr:  # the cursor commits or rolls back at its end
        import odoo.api

        yield odoo.api.Environment(cr, uid or odoo.api.SUPERUSER_ID, context or {})
