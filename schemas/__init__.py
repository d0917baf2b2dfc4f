"""Contexts, JSON Schemas, code tables and codecs of the register: the ground floor, which knows no other package."""

__all__ = ["base58btc", "codes", "contexts", "contracts", "multikey", "names", "refusals", "strict_json", "tables"]
