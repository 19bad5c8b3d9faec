"""Core's queue with several companies in it: each goes through its own company's gateway."""

from odoo import api, fields, models


class SmsSms(models.Model):
    _inherit = "sms.sms"

    club_company_id = fields.Many2one(
        comodel_name="res.company", string="Company", readonly=True, index="btree_not_null", ondelete="set null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # core would take the company of whoever runs the queue
            vals.setdefault("club_company_id", self.env.company.id)
        return super().create(vals_list)

    def _get_sms_company(self):
        if len(self) == 1:
            return self.mail_message_id.record_company_id or self.club_company_id or super()._get_sms_company()
        companies = self.env["res.company"]
        for sms in self:
            companies |= sms._get_sms_company()
        return companies or super()._get_sms_company()

    def _club_purpose(self):
        """Of the line that it goes by: mailings are advertising, everything else is service."""
        return "advertising" if "mailing_id" in self._fields and self.mailing_id else "service"

    def _split_by_api(self):
        # PORT-20: core's hook for several providers
        rest = self.browse()
        for (company, purpose), sms in self.grouped(lambda one: (one._get_sms_company(), one._club_purpose())).items():
            if not company._club_gateway():
                rest |= sms
                continue
            sms_api = company._get_sms_api_class()(self.env)
            sms_api._set_company(company)
            sms_api.purpose = purpose
            yield sms_api, sms
        for company, sms in rest.grouped(lambda one: one._get_sms_company()).items():
            for sms_api, some in super(SmsSms, sms)._split_by_api():
                sms_api._set_company(company)
                yield sms_api, some

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        # PORT-20: the queue's job comes here without having split by company, and core then wants a single one
        if self.env.context.get("sms_api") or not self:
            return super()._send(unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception)
        for sms_api, sms in self._split_by_api():
            super(SmsSms, sms.with_context(sms_api=sms_api))._send(
                unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
            )
        return None
