"""What a thread meets of the criteria: an engine behind one door, `Criteria.read`."""
