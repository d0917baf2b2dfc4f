"""Settings for every test."""

from hypothesis import settings

# The same examples in every run, and no clock: a loaded machine must not turn a run red.
settings.register_profile("every run alike", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("every run alike")
