"""The replay: a year of real baskets through real orders, compared with a second calculation outside Odoo."""
