"""Where the document of a did:web is: one address, or none (F05)."""

import pytest

from verifier.dids import DidError, did_web_url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:example.org:..:..:admin", "did:web:example.org:.", "did:web:example.org:a%2e%2e", "did:web:%2e%2e",
        "did:web:example.org:a%2fb", "did:web:example.org%2fa", "did:web:example.org%252fa", "did:web:user@example.org",
        "did:web:user%40example.org", "did:web:example.org%3A", "did:web:example.org%3A443%3A1", "did:web:",
        "did:web:example.org:", "did:web::a", "did:web:example.org:a::b", "did:web:example.org/a",
        "did:web:example.org?a", "did:web:example.org#key", "did:web:exämple.org", "did:web:example.org:a\n",
        "did:web:example.org:é",
        "did:webs:example.org", "DID:web:example.org", "did:key:z6Mk", "", "did:web:example.org%3A443443",
    ],
)  # fmt: skip
def test_threat_F05_a_did_that_leads_elsewhere_than_it_says_has_no_address(did: str) -> None:
    with pytest.raises(DidError) as told:
        did_web_url(did)
    assert told.value.code == "unsupported"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:example.org", "https://example.org/.well-known/did.json"),
        ("did:web:EXAMPLE.org", "https://example.org/.well-known/did.json"),
        ("did:web:example.org:issuers:a.b_c-1", "https://example.org/issuers/a.b_c-1/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("did:web:localhost%3a8443:societies:ele", "https://localhost:8443/societies/ele/did.json"),
        ("did:web:example.org:...", "https://example.org/.../did.json"),
    ],
)
def test_a_did_web_has_one_address(did: str, url: str) -> None:
    assert did_web_url(did) == url
