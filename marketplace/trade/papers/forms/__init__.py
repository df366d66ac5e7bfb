"""The papers of the kit, one function each."""
