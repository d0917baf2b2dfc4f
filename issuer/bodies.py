"""How the bodies of the register are named in signed documents."""

from typing import Any

from schemas import addresses, codes

_DEMO = ("（演示数据）", " (demonstration data)")
CUSTODIAN = "custodian"
CSE_NAME = ("中国工程师联合体", "Chinese Society of Engineers")


def cse_name(*, is_demo: bool) -> str:
    """Return the name of CSE as issuer, Chinese and English."""
    note_zh, note_en = _DEMO if is_demo else ("", "")
    return f"{CSE_NAME[0]}{note_zh} {CSE_NAME[1]}{note_en}"


def english_name(name: str, *, is_demo: bool) -> str:
    """Return an English name, marked in a demo register."""
    return name + (_DEMO[1] if is_demo else "")


def creator_profile(base: str, society: str, assessed_by: str | None) -> dict[str, Any]:
    """Return the `creator` of an achievement: the society, or the custodian and for whom it acts (R-AU-05)."""
    if society == CUSTODIAN:
        former = codes.SOCIETIES[assessed_by or ""]
        name = (
            f"中国工程师联合体代管机构（代{former.name_zh}，授权已终止） "
            f"CSE custodian body for {former.name_en}, authorization ended"
        )
        return _profile(addresses.body_did(base, CUSTODIAN), name, f"{base}/custodian")
    entry = codes.SOCIETIES[society]
    url = f"{base}/societies/{society.lower()}"
    return _profile(addresses.society_did(base, society), f"{entry.name_zh} {entry.name_en}", url)


def issuer_profile(base: str, *, is_demo: bool) -> dict[str, Any]:
    """Return the `issuer` of every certificate."""
    return _profile(addresses.cse_did(base), cse_name(is_demo=is_demo), f"{base}/")


def _profile(did: str, name: str, url: str) -> dict[str, Any]:
    return {"id": did, "type": ["Profile"], "name": name, "url": url}
