"""Copies of certificates that were made for wallets: which certificate, which place, which bytes."""

from datetime import datetime

from sqlalchemy import Table, select

from issuer.profile import StatusPlace
from registry.store.certificates import PlaceStore
from registry.store.journal import JournalRow
from registry.store.tables import CERTIFICATE, WALLET_COPY
from verifier.sources import WalletCopy


class CopyStore(PlaceStore):
    """Rows of copies. One without a digest is an intent that was never handed out; its place stays taken."""

    _places: Table = WALLET_COPY
    _certified = PlaceStore._certified.join(WALLET_COPY, WALLET_COPY.c.page_id == CERTIFICATE.c.page_id)

    def add_intent(self, page_id: str, place: StatusPlace, *, unsigned: bytes, now: datetime) -> None:
        """Write down what is about to be signed: the exact bytes, which name the key, and their place in a list."""
        self._insert(WALLET_COPY, **_columns(place), page_id=page_id, unsigned=unsigned, intended_at=now)

    def mark_issued(self, place: StatusPlace, link: JournalRow) -> None:
        """Turn an intent into a copy that was handed out; `link` is the row of the journal about what is signed."""
        issued = {"sha256": link.payload_sha256, "issued_at": link.recorded_at, "journal_seq": link.seq}
        self._update(WALLET_COPY, issued, **_columns(place))

    def handed_out(self, place: StatusPlace) -> WalletCopy | None:
        """Return the page of the certificate of a copy and the digest of its JWT, or None for an unused place."""
        issued = select(WALLET_COPY).where(WALLET_COPY.c.sha256.is_not(None))
        return self._read_one(WalletCopy, issued.filter_by(**_columns(place)))


def _columns(place: StatusPlace) -> dict[str, int]:
    return {"list_number": place.list_number, "status_index": place.index}
