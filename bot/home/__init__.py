"""Each person's Home tab, and the morning list: reads the other features, owns nothing."""
