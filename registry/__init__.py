"""The register: its rules, use cases, storage and staff interfaces."""
