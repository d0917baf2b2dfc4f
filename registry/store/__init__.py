"""Tables and repositories: rows in, domain values out. The only package that writes queries."""
