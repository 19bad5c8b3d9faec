"""What the processes that benchmarks start have in common: each opens one database with Odoo's own code."""

import argparse
import json


def set_up(*names):
    """Read the process's arguments and set Odoo up, quietly.

    :param names: arguments besides ``--db``, which come as JSON
    :return: the arguments by name
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    for name in names:
        parser.add_argument(f"--{name}", required=True, type=json.loads)
    args = parser.parse_args()
    from odoo.tools import config

    config.parse_config(["--no-http", "--max-cron-threads=0", "--log-level=critical"], setup_logging=True)
    return args
