"""Pure policy: what is earned, spent first, taken back. No Odoo here."""
