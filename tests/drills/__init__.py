"""Drills: load and faults against a served register, `make drill`. Each prints its figure line; none runs in CI."""
