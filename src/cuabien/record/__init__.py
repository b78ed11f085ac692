"""The record of a consultation: what was said and answered, as plain files, and a ledger that proves them. No database here."""
