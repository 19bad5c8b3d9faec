"""Pure helpers without business words. Nothing here imports odoo; import the modules by name."""
