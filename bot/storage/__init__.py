"""Storage: a small protocol (`database`), SQLite behind it (`sqlite`), and the schema (`migrations`)."""
