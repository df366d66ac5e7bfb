"""Who takes parcels: a contract, backends, and the ones that the operator's settings name."""
