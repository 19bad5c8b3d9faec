"""Tests that change what is installed: each class works on its own copy of the run's template, in other processes."""

import os
import subprocess
import sys

import psycopg2

from odoo.tests import BaseCase, get_db_name
from odoo.tools import config


class OwnCopy(BaseCase):
    """A database ``self.db`` for the class, called like the run's with ``_<copy_name>`` behind it."""

    copy_name = "copy"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = os.environ["CLUB_TEMPLATE"]
        cls.db = f"{get_db_name()}_{cls.copy_name}"
        cls._sql("postgres", f'CREATE DATABASE "{cls.db}" TEMPLATE "{cls.template}"')
        cls.addClassCleanup(cls._sql, "postgres", f'DROP DATABASE IF EXISTS "{cls.db}" WITH (FORCE)')

    @classmethod
    def _sql(cls, db, query):
        connection = psycopg2.connect(dbname=db)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _odoo(self, *arguments, script=None):
        """Run Odoo's command line, which has to succeed; returns its log."""
        # loopback is beside the plugin of our test runs; nothing leaves this machine from there either
        command = [
            sys.executable,
            "-m",
            "loopback",
            "odoo",
            f"--addons-path={','.join(config['addons_path'])}",
            *arguments,
        ]
        done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return done.stderr
