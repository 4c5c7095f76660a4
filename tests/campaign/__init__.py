"""The campaign ledger, from its tables to its pages."""
