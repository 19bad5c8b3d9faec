from . import (
    club_card_report,
    club_customer_account_report,
    club_gift_paper,
    club_gift_report,
    club_ledger_report,
    club_liability_report,
    club_statement_report,
)
