"""No decoder answers anything but what it read or a declared refusal, and what it reads has one spelling."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.decoders import DECODERS, examine

BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_raises_declared_refusals_only(name: str) -> None:
    decoder = DECODERS[name]

    @BOUNDED
    @given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode())))
    @example(b"")
    def anything(content: bytes) -> None:
        examine(decoder, content)

    anything()


@pytest.mark.parametrize("name", DECODERS)
def test_a_decoder_refuses_or_reads_every_sample_that_was_changed(name: str) -> None:
    decoder = DECODERS[name]

    @BOUNDED
    @given(st.sampled_from(decoder.samples), st.integers(0, 2**32))
    def changed(sample: bytes, seed: int) -> None:
        examine(decoder, mutated(sample, random.Random(seed)))

    changed()
    assert any(examine(decoder, sample) for sample in decoder.samples)


def mutated(sample: bytes, chance: random.Random) -> bytes:
    """A sample with one to four bytes changed, left out, doubled or cut off."""
    content = bytearray(sample)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        match chance.randrange(4):
            case 0 if at < len(content):
                content[at] = chance.choice((0, 0x22, 0x7B, 0xFF, chance.randrange(256)))
            case 1:
                del content[at : at + chance.randint(1, 3)]
            case 2:
                content[at:at] = content[at : at + chance.randint(1, 8)]
            case _:
                del content[at:]
    return bytes(content)
