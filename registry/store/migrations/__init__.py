"""The changes of the schema, oldest first. Each only adds, so that the release before it keeps running (ADR 0009)."""
