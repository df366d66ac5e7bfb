"""Listing a piece as a conversation: small steps, each kept by itself."""
