"""The fictional register of `domain.md` 7, lived through the use cases and never by inserting rows."""
