"""Follow-ups: what was promised, remembered, and brought back on time."""
