"""Install and uninstall."""

from .models.payment_provider import CODE


def post_init_hook(env):
    """Make Odoo's payment method behind the provider; providers come with a club's books."""
    env["payment.provider"]._setup_payment_method(CODE)


def uninstall_hook(env):
    """Switch the club's providers off; what was paid with them stays, and so does its payment method."""
    providers = env["payment.provider"].search([("code", "=", CODE)])
    providers.write(providers._get_removal_values())
