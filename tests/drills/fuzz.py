"""Fuzz one decoder, guided by coverage: `python -m tests.drills.fuzz NAME SECONDS CORPUS`.

It ends with 0 when the time is over, and with another code at the first input that is no declared refusal.
"""

import sys

import atheris

with atheris.instrument_imports(include=["schemas", "verifier", "registry.adapters.fetching"]):
    from tests.support.decoders import DECODERS, examine


def main(name: str, seconds: str, corpus: str) -> None:
    """Fuzz until the time is over; the figures come on standard error."""
    decoder = DECODERS[name]

    def once(content: bytes) -> None:
        examine(decoder, content)

    options = [f"-max_total_time={seconds}", "-seed=1", "-max_len=8192", "-print_final_stats=1", "-timeout=10"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={corpus}/", corpus], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
