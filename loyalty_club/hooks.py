"""Install and uninstall."""

from odoo.tools import SQL


def uninstall_hook(env):
    """Leave core's cards as they are: balances stay in ``points``, the guards around them go with their functions."""
    functions = env.execute_query(
        SQL(
            """SELECT oid::regprocedure::text FROM pg_proc
                WHERE proname LIKE 'loyalty\\_club\\_%%' AND pronamespace = current_schema()::regnamespace"""
        )
    )
    for (name,) in functions:
        env.cr.execute(SQL("DROP FUNCTION %s CASCADE", SQL(name)))
