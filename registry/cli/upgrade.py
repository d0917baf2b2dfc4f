"""`cse upgrade`."""

import os

from registry.adapters.opening import upgrade_database
from registry.cli.console import GOOD, OUT, DirOption, JsonOption, print_json
from registry.settings import read_settings


def upgrade(directory: DirOption = None, as_json: JsonOption = False) -> int:
    """Bring the database to what this release needs; the release before it may go on running.

    All of it is done or nothing; a second run finds nothing to do. Example: cse upgrade --dir var/demo
    """
    before, after = upgrade_database(read_settings(os.environ, data_dir=directory))
    if as_json:
        print_json({"from": before, "to": after})
    else:
        OUT.print(f"The database was at revision {before} and is at {after}")
    return GOOD
