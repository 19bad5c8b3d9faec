from . import (
    test_adapter,
    test_card,
    test_card_batch,
    test_companies,
    test_ledger,
    test_lives,
    test_member_office,
    test_paper,
    test_proof,
    test_roles,
    test_screens,
    test_uninstall,
)
