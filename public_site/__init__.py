"""The public origin: pages and verify API in two languages, without keys and without write access."""

from public_site.guard import add_body_guard
from public_site.headers import add_public_headers
from public_site.reads import (
    NumberAnswer,
    PublishedFile,
    Reads,
    RefusedDocumentError,
    TrustAuthorization,
    TrustBody,
    TrustKey,
    TrustView,
)
from public_site.routes import add_error_pages, install, public_router

__all__ = [
    "NumberAnswer",
    "PublishedFile",
    "Reads",
    "RefusedDocumentError",
    "TrustAuthorization",
    "TrustBody",
    "TrustKey",
    "TrustView",
    "add_body_guard",
    "add_error_pages",
    "add_public_headers",
    "install",
    "public_router",
]
