from odoo import api, models

from ..tools.text import with_hair_spaces


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, **options):
        """The club's papers keep the half-spaces of Persian, which the distributions' wkhtmltopdf swallows."""
        if report_ref and self._get_report(report_ref).report_name.startswith("loyalty_club"):
            bodies = [with_hair_spaces(body) for body in bodies]
        return super()._run_wkhtmltopdf(bodies, report_ref=report_ref, **options)
