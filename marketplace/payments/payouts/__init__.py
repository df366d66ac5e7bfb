"""Paying the workshops: terms, payees, balances, batches, statements. One file per subject; routes.py is the way in."""
