"""Use cases: one function each, one transaction each, an explicit actor always."""
