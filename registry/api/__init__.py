"""Requests for programs, each translated to one use case: so far the VC-API of the conformance port."""

__all__ = ["vc_api"]
