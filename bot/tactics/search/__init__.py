"""Which cards fit a text: an engine behind one door, `CardSearch.find`."""
