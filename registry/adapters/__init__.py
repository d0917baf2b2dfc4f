"""The outside: keystores, clock, files."""
