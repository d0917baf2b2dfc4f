"""One exception in place of another, and the sentence of a refusal."""

import pytest

from schemas.refusals import Refusal, translated


class _MissingError(Refusal):
    code = "missing"
    says = "{} is not in {}"


def test_a_refusal_says_its_sentence_with_the_arguments_in_their_places() -> None:
    assert str(_MissingError("the key", "{braces}")) == "the key is not in {braces}"
    assert str(Refusal("{as it is}")) == "{as it is}"


@pytest.mark.parametrize("to", [_MissingError("a", "b"), lambda error: _MissingError(error.args[0], "b")])
def test_what_was_met_is_raised_as_what_it_is_translated_to_and_stays_the_cause(to: object) -> None:
    met = ValueError("a")
    with pytest.raises(_MissingError, match="a is not in b") as raised, translated(KeyError, ValueError, to=to):
        raise met
    assert raised.value.__cause__ is met


def test_another_exception_and_none_at_all_pass_as_they_are() -> None:
    with pytest.raises(OSError, match="disk"), translated(ValueError, to=_MissingError("a", "b")):
        raise OSError("disk")
    with translated(ValueError, to=_MissingError("a", "b")):
        found = "read"
    assert found == "read"
