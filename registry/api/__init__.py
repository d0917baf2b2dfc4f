"""Problem documents of the HTTP surfaces."""
