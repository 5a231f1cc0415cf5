"""What people say in a thread: what they promise, that it is done, that an answer came."""
