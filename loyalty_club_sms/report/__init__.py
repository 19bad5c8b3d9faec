from . import club_campaign_report
