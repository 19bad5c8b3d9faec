"""What members hear of entries: milestones of core when a balance reaches a figure, and value that they receive."""

from odoo import models

#: Entries that a customer hears about; what is taken over or given back is no news.
TOLD = ("earn", "load", "adjust", "core")


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    def _club_tell_milestones(self, movements, before, accounts):
        """Have core write to the customers whose balance rose past a milestone.

        :param before: {account id: balance before}, with ``accounts`` {id: row} after
        """
        programs = self.env["loyalty.mail"]._club_milestone_programs()
        told = {
            movement.account_id
            for movement in movements
            if movement.kind in TOLD and accounts[movement.account_id]["program_id"] in programs
        }
        for account in self.env["loyalty.club.account"].browse(sorted(told)):
            old, new = float(before[account.id]), float(accounts[account.id]["balance"])
            account.card_id._send_points_reach_communication({account.card_id: {"old": old, "new": new}})

    def _club_tell_received(self, reason="", sender=None, kind=None):
        """Tell the members that these entries brought them points or credit, once for each entry.

        :param reason: in words for the member; :param sender: name of the person it comes from, or None
        :param kind: the event that brought it, or None; without a reason its name tells, in the member's language
        """
        Messenger = self.env["loyalty.club.messenger"]
        if not self or not Messenger._club_listens("value_received"):
            return
        rows = []
        for entry in self.sudo():  # whoever gives something need not read the ledger
            member, value = entry.account_id.member_id, entry.account_id.kind
            if member and value in ("points", "credit"):
                named = kind and kind.with_context(lang=member.partner_id.lang or self.env.lang).name
                rows.append(
                    {
                        "member_id": member.id,
                        "cause": f"entry:{entry.id}",
                        "values": {
                            f"{value}_received": entry.amount,
                            "reason": reason or named or None,
                            "sender": sender,
                        },
                        "branch_id": entry.branch_id.id,
                        "origin": (entry.origin_model, entry.origin_id) if entry.origin_model else None,
                    }
                )
        Messenger._club_happened("value_received", rows)
