"""What is no JSON with one meaning, or is over a limit, is refused before anything is judged."""

import pytest

from tests.support import world
from tests.support.online import online
from verifier.documents import read_document
from verifier.judge import judge
from verifier.messages import file_refusals
from verifier.refusals import UnreadableDocumentError, UnreadableFileError

SIZE = 262_144
UNREADABLE = [
    pytest.param(b"[" * 33 + b"]" * 33, id="threat_V08-nested-33"),
    pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, id="threat_V08-objects-33"),
    pytest.param(b"[" * 100_000, id="threat_V08-100000-brackets"),
    pytest.param(b'{"a":' * 40_000, id="threat_V08-40000-objects"),
    pytest.param(b'{"id":"a","id":"b"}', id="threat_V09-duplicate-member"),
    pytest.param(b'{"a":{"id":"a","\\u0069d":"b"}}', id="threat_V09-duplicate-by-escape"),
    pytest.param(b'{"a":NaN}', id="threat_V09-NaN"),
    pytest.param(b'{"a":Infinity}', id="threat_V09-Infinity"),
    pytest.param(b'{"a":-Infinity}', id="threat_V09-minus-Infinity"),
    pytest.param(b'{"a":1e400}', id="threat_V09-1e400"),
    pytest.param(b'{"a":-1e400}', id="threat_V09-minus-1e400"),
    pytest.param(b'{"a":' + b"9" * 5_000 + b"}", id="threat_V09-integer-of-5000-digits"),
    pytest.param(b'{"a":0.' + b"1" * 5_000 + b"}", id="threat_V09-fraction-of-5000-digits"),
    pytest.param(b'{"a":9007199254740992}', id="threat_V09-beyond-the-exact-integers"),
    pytest.param(b'{"a":"\\ud800"}', id="threat_V09-lone-surrogate"),
    pytest.param(b'{"\\udc00":1}', id="threat_V09-lone-surrogate-in-a-name"),
    pytest.param(b'{"a":"\xed\xa0\x80"}', id="threat_V09-surrogate-in-utf8"),
    pytest.param(b"\xef\xbb\xbf{}", id="threat_V09-byte-order-mark"),
    pytest.param('{"a":"é"}'.encode("latin-1"), id="threat_V09-latin-1"),
    pytest.param("{}".encode("utf-16"), id="threat_V09-utf-16"),
    pytest.param(b'{"a":1,}', id="not-json"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"[]", id="an-array"),
    pytest.param(b'"text"', id="a-string"),
    pytest.param(b"null", id="null"),
    pytest.param(b'{"a":"' + b" " * (SIZE - 7) + b'"}', id="threat_V36-one-byte-too-many"),
]


@pytest.mark.parametrize("content", UNREADABLE)
def test_an_unreadable_document_gets_no_verdict(content: bytes) -> None:
    with pytest.raises(UnreadableDocumentError) as refusal:
        judge(content, online(), now=world.NOW)
    assert refusal.value.code == "malformed_json"


def test_threat_V36_the_size_of_a_document_is_bounded_to_the_byte() -> None:
    head, tail = b'{"a":1', b"}"
    fits = head + b" " * (SIZE - len(head) - len(tail)) + tail
    assert read_document(fits).value == {"a": 1}
    with pytest.raises(UnreadableDocumentError, match="larger than 262144 bytes"):
        read_document(fits + b" ")


@pytest.mark.parametrize("code", file_refusals())
def test_why_a_file_is_not_read_is_said_with_the_way_out(code: str) -> None:
    told, refused = file_refusals()[code], UnreadableFileError(code)
    assert refused.code == code
    assert str(refused) == f"{told['title']}. {told['detail']}"
