"""From a stranger to a workshop: what it costs, signing up in small steps, and what the officer decides."""
