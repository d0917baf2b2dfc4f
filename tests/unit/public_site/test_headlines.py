"""A01 and A02: the headlines of site.md 4, word for word."""

import pytest

from public_site.view import result_view
from tests.unit.public_site.samples import STATES, verdict
from tests.unit.public_site.support import client

HEADLINES = {
    "valid": ("Valid today", "今日有效"),
    "valid_notice": ("Valid today – renewal due soon", "今日有效——即将到期"),
    "valid_interim": ("Valid today – re-registration being decided", "今日有效——再注册审核中"),
    "valid_on_date": (
        "Was valid on 1 March 2026 – says nothing about today",
        "2026 年 3 月 1 日当日有效——不代表今日状态",
    ),
    "valid_foreign": (
        "Signature of Society of Electrical Engineers (demo) is good",
        "电气工程学会（演示）签名有效",
    ),
    "not_yet_valid": ("This certificate starts on 1 January 2027", "本证书自 2027 年 1 月 1 日起生效"),
    "ended_renewed": ("Registration valid – this paper has ended", "注册有效——本证书已换新"),
    "suspended": ("Not valid now – suspended", "目前无效——已暂停"),
    "expired": ("Not valid now – expired", "目前无效——已到期"),
    "lapsed": ("Not valid – registration lapsed", "无效——注册已失效"),
    "ended_unspecified": ("Not valid now – ended", "目前无效——已终止"),
    "withdrawn": ("Not valid now – ended at the holder's request", "目前无效——持证人申请注销"),
    "replaced": ("Replaced – see the current certificate", "已换发——请查看现行证书"),
    "superseded": ("Replaced by a higher grade", "已晋级——请查看现行证书"),
    "revoked": ("Not valid – revoked", "无效——已吊销"),
    "annulled": ("Not valid – annulled", "无效——已撤销"),
    "deceased": ("No longer active", "登记已终止"),
    "tampered": ("Do not accept – the code was altered", "请勿采信——二维码内容被改动"),
    "invalid": ("Do not accept – this document does not check out", "请勿采信——文件未通过核验"),
    "issuer_not_trusted": (
        "Do not accept – not signed by CSE and a society authorized for this grade and field when it was signed",
        "请勿采信——签发者不是工程师联合体与当时获授权的学会",
    ),
    "not_eligible": ("Genuine – not eligible under the agreement asked about", "证书真实——不符合所询问协议的条件"),
    "eligibility_open": (
        "Genuine – the agreement asked about has conditions that are still open",
        "证书真实——所询问的协议尚有条件待定",
    ),
    "signed_but_not_registered": (
        "Do not accept – the register has no such certificate",
        "请勿采信——登记册中没有这份证书",
    ),
    "not_logged": ("Do not accept – never entered in the public log", "请勿采信——公开日志中无此签发记录"),
    "unknown": ("Nothing found for this number", "未查到该编号"),
    "foreign_code": ("This code does not belong to this register", "此二维码不属于本登记册"),
    "malformed": ("We could not read this", "无法识别"),
    "unsupported": ("We cannot check this kind of document", "暂不支持查验此类文件"),
    "status_unreachable": (
        "Genuine, but we could not check today's status",
        "签名真实，但未能查询当前状态",
    ),
    "could_not_check": ("We could not finish this check", "未能完成查验"),
    "offline_genuine": ("Signature genuine – status not checked (offline)", "签名真实——未查询状态（离线）"),
    "offline_snapshot": ("Signature genuine – good when last synchronised", "签名真实——按最近同步数据为有效"),
    "offline_not_yet": (
        "Signature genuine – starts on 1 January 2027",
        "签名真实——自 2027 年 1 月 1 日起生效",
    ),
    "offline_expired": (
        "Not valid now – the end date in the signed code has passed",
        "目前无效——签名数据中的有效期已过",
    ),
    "offline_unproven": ("Not proved on this device", "本机无法证明"),
    "offline_bad": ("Do not accept – signature wrong", "请勿采信——签名错误"),
}


def test_every_state_has_its_row() -> None:
    assert set(HEADLINES) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_site_a01_english_headline(state: str) -> None:
    assert result_view(verdict(state), "en").headline == HEADLINES[state][0]
    shown = client().get(f"/v/{state}?lang=en").text.replace("&#39;", "'")
    assert f"<h1>{HEADLINES[state][0]}</h1>" in shown
    assert '<html lang="en">' in shown


@pytest.mark.parametrize("state", STATES)
def test_site_a02_chinese_headline(state: str) -> None:
    shown = client().get(f"/v/{state}?lang=zh").text
    assert f"<h1>{HEADLINES[state][1]}</h1>" in shown
    assert '<html lang="zh-CN">' in shown
