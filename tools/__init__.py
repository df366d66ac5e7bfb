"""What the Makefile calls. These modules need nothing but Python's own library, except ``messages`` (Babel)."""
