"""What staff need for translations: a worklist, machine translation, PO files, and words that nobody loses."""
