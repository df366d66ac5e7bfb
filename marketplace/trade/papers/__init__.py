"""Papers of a consignment, all from one Declaration. Import from ``papers.kit``: it knows the kit's own papers."""
