"""Opens a database with Odoo's own code, for the parts of ./club that work inside one process."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment(name: str) -> Iterator:
    """An environment of the superuser in database ``name``; what isn't committed by the caller is lost."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-d", name, "--no-http", "--max-cron-threads=0", "--log-level=warn"], setup_logging=True)
    for noisy in ("odoo.addons.point_of_sale", "py.warnings"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with Registry(name).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})
