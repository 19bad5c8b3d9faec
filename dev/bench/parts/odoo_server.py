"""Odoo's command line as a file: a server with workers starts itself again by the name of its file."""

from odoo.cli.command import main

if __name__ == "__main__":
    main()
