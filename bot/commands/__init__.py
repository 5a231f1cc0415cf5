"""The front door: what people type, whichever way it comes, to whoever answers it."""
