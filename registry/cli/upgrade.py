"""`cse upgrade`."""

import os

from registry.adapters.opening import upgrade_database
from registry.cli.console import AsJson, Directory, answer
from registry.settings import read_settings


def upgrade(directory: Directory = None, as_json: AsJson = False) -> int:
    """Bring the database to what this release needs; the release before it may go on running.

    All of it is done or nothing; a second run finds nothing to do. Example: cse upgrade --dir var/demo
    """
    before, after = upgrade_database(read_settings(os.environ, data_dir=directory))
    text = f"The database was at revision {before} and is at {after}" + (": nothing to do" if before == after else "")
    return answer({"from": before, "to": after}, text, as_json=as_json)
