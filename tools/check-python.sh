#!/bin/sh
# Say exactly what to install when this machine cannot make the virtual environment.
# usage: check-python.sh PYTHON
set -eu
python="${1:-python3}"

if ! command -v "$python" >/dev/null 2>&1; then
    echo "$python was not found. Install Python 3.11 or newer with venv." >&2
    echo "Debian and Ubuntu: apt-get install python3 python3-venv   Another one: make PYTHON=/path/to/python3.11 ..." >&2
    exit 3
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$("$python" --version) is too old: Python 3.11 or newer is needed." >&2
    echo "Debian 12: apt-get install python3 python3-venv   Another one: make PYTHON=/path/to/python3.11 ..." >&2
    exit 3
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    echo "$python has no venv. Debian and Ubuntu: apt-get install python$version-venv" >&2
    exit 3
fi
