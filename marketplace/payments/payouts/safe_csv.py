"""Kept for code that knows it by this name: the one writer of tables is marketplace.safe_tables."""

from marketplace.safe_tables import Cell, safe, write_csv

__all__ = ["Cell", "safe", "write_csv"]
