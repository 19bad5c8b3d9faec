from . import test_adapter, test_ledger, test_uninstall
