"""Every finding code with its sentence in both languages and the clause it rests on: one list for all."""

_TEXTS: dict[str, tuple[str, str, str]] = {
    # code: English, Chinese, clause
    "unsupported_format": (
        "This is not a W3C verifiable credential in JSON.",
        "这不是 JSON 格式的 W3C 可验证凭证。",
        "VCDM 2.0, 4",
    ),
    "not_reached": ("Not carried out, because an earlier check did not pass.", "前面的核验未通过，故未进行此项。", ""),
    "nothing_found": ("Nothing found under this number or address.", "未查到该编号或地址。", ""),
    "certificate_pending": ("Registered; the certificate is not issued yet.", "已登记，证书尚未签发。", ""),
    "inline_context": (
        "The context holds definitions of its own; they can change the meaning of signed words.",
        "上下文含自带定义，可能改变已签名用语的含义。",
        "credential.md C1",
    ),
    "unknown_context": (
        "The document names a context that this verifier does not know; none is ever fetched.",
        "文件引用了本核验程序不认识的上下文；本程序从不联网获取。",
        "VCDM 2.0, 4.3",
    ),
    "not_the_certificate_contexts": (
        "The contexts are not exactly those of a certificate of this register.",
        "上下文与本登记册证书所用的不完全一致。",
        "credential.md C1",
    ),
    "schema": (
        "The document does not have the closed form of a certificate of this register.",
        "文件不符合本登记册证书的封闭格式。",
        "VCDM 2.0, 4.11",
    ),
    "inconsistent": ("Two statements of the document contradict each other.", "文件中两处陈述互相矛盾。", "credential.md 2"),
    "respelled_term": (
        "A member is spelled or placed so that readers do not see it although it is signed.",
        "某成员的写法或位置使读者看不到它，尽管它已被签名。",
        "Data Integrity, 5.2",
    ),
    "undefined_term": ("A member is not covered by the signatures.", "某成员不在签名范围内。", "Data Integrity, 5.2"),
    "undefined_identifier": (
        "An id or type is not an absolute address, so it means nothing certain.",
        "某标识或类型不是绝对地址，含义不确定。",
        "VCDM 2.0, 4.4",
    ),
    "not_json_ld": ("The document cannot be read as JSON-LD.", "文件无法按 JSON-LD 读取。", "JSON-LD 1.1"),
    "proof_set_shape": (
        "The signatures are not exactly the four required: two of CSE, two of the assessing society.",
        "签名并非所要求的四个：工程师联合体两个，评价学会两个。",
        "R-CE-01",
    ),
    "proof_value": ("A signature value is malformed.", "签名值格式错误。", "Data Integrity EdDSA, 3"),
    "proof_created": ("The date of a signature is malformed.", "签名日期格式错误。", "Data Integrity, 2.1"),
    "signature": ("A signature does not fit the document.", "签名与文件不符。", "Data Integrity, 4.4"),
    "not_canonical": ("The document has no canonical form.", "文件没有规范形式。", "RDFC-1.0; RFC 8785"),
    "unknown_key": ("A signature is by a key that the trust list does not name.", "签名所用密钥不在信任列表中。", "R-AU-02"),
    "graph_not_checked": (
        "The signatures over the graph were not checked, because the form is wrong.",
        "因格式不符，未核验图签名。",
        "",
    ),
    "issuer_key_unknown": (
        "Not checked: the issuer is not on our list, and keys are never fetched.",
        "未核验：签发方不在名单中，且本程序从不获取密钥。",
        "",
    ),
    "no_proof": ("The document carries no signature.", "文件没有签名。", "Data Integrity, 4"),
    "issuer_binding": (
        "A signature is not by the issuer or the assessing society that the document names.",
        "签名并非出自文件所载的签发方或评价学会。",
        "VCDM 2.0, 4.7",
    ),
    "issuer_not_trusted": ("The issuer is not CSE.", "签发方不是工程师联合体。", "R-CE-01"),
    "key_class": ("A key signed that is not a key for certificates.", "签名密钥不是证书签发密钥。", "threats.md 5"),
    "key_unsupported": ("A key is of a kind that this verifier does not know.", "密钥类型不受支持。", ""),
    "key_outside_its_time": (
        "A key signed outside the time for which it was published.",
        "密钥在其公布期限之外签名。",
        "threats.md 5",
    ),
    "key_compromised": ("A key signed after it was compromised.", "密钥泄露之后所作的签名。", "domain.md 4"),
    "key_compromised_later": (
        "A key used here was compromised later. Only the register can tell which came first.",
        "所用密钥后来泄露，先后顺序只有登记册能证明。",
        "domain.md 4",
    ),
    "not_authorized_at_signing": (
        "The society was not authorized for this field and grade when it signed.",
        "签名时该学会未获该领域、该级别的授权。",
        "R-AU-02",
    ),
    "log_not_begun": ("The public log has not begun.", "公开日志尚未启用。", "R-CE-08"),
    "log_not_supported": ("This verifier cannot read the public log.", "本核验程序尚不能读取公开日志。", "R-CE-08"),
    "not_yet_valid": ("The certificate has not begun.", "证书尚未生效。", "R-CE-02"),
    "expired": ("The last day of the certificate has passed.", "证书有效期已过。", "R-CE-02"),
    "malformed_date": ("A date of the document is malformed.", "文件日期格式错误。", "VCDM 2.0, 4.9"),
    "revoked": ("The revocation bit is set: this certificate has ended.", "吊销位已置：本证书已终止。", "domain.md 3.4"),
    "suspended": ("The suspension bit is set.", "暂停位已置。", "domain.md 3.4"),
    "status_unavailable": ("The status could not be learned.", "未能获知状态。", "R-CE-03"),
    "status_not_fetched": ("The status of foreign documents is not fetched.", "不获取外部文件的状态。", ""),
    "no_status_declared": ("The document declares no status.", "文件未声明状态。", "VCDM 2.0, 4.10"),
    "list_missing": ("The status list is missing.", "缺少状态列表。", "Bitstring Status List, 3.2"),
    "list_malformed": ("The status list does not have its closed form.", "状态列表格式不符。", "Bitstring Status List, 2.2"),
    "list_encoding": ("The bits of the status list cannot be read.", "状态列表无法解码。", "Bitstring Status List, 3.3"),
    "list_too_large": ("The status list is larger than allowed.", "状态列表过大。", "Bitstring Status List, 3.2"),
    "list_too_small": ("The status list is shorter than 131,072 entries.", "状态列表不足 131072 项。", "Bitstring Status List, 6"),
    "list_of_another": ("This is the status list of another address or issuer.", "状态列表属于另一地址或签发方。", ""),
    "list_purpose": ("The status list serves another purpose.", "状态列表用途不符。", "Bitstring Status List, 3.2"),
    "list_proof": ("The status list is not signed as it must be.", "状态列表签名不符。", "threats.md 0.3"),
    "list_signer": ("The status list is not signed by CSE's status key.", "状态列表并非由状态密钥签署。", "threats.md 5"),
    "list_not_yet_valid": ("The status list is dated in the future.", "状态列表日期在未来。", ""),
    "list_too_old": ("The status list is too old to rely on.", "状态列表过旧，不可依据。", "domain.md 3.5"),
    "index_out_of_range": ("The status list has no such entry.", "状态列表无此项。", "Bitstring Status List, 3.2"),
    "not_registered": ("The register has no such certificate.", "登记册中没有这份证书。", "interface.md 5"),
    "content_differs": ("The register has another content under this address.", "登记册中该地址的内容不同。", "interface.md 5"),
    "register_unreachable": ("The register could not be reached.", "无法连接登记册。", ""),
    "register_behind": ("The register is late with a change that is due.", "登记册有到期变更尚未处理。", "R-DT-11"),
    "register_contradiction": (
        "The register and the status of this certificate contradict each other.",
        "登记册与本证书状态互相矛盾。",
        "domain.md 3.4",
    ),
    "offline": ("The register is not part of an offline check.", "离线核验不包括登记册。", "threats.md 0"),
    "foreign_issuer": ("Does not apply to documents of other issuers.", "不适用于其他签发方的文件。", "threats.md 0"),
    "no_schema_of_ours": ("No schema of ours applies.", "不适用本登记册的格式。", "threats.md 0"),
    "not_asked": ("No agreement was asked about.", "未询问互认协议。", "threats.md 0"),
    "not_json_ld_form": ("This form is not JSON-LD.", "该形式不是 JSON-LD。", "threats.md 0"),
    "register_answers": ("The register answers in place of the log.", "由登记册代替日志作答。", "threats.md 0"),
    "skip_not_listed": ("Left out without a listed reason, hence not checked.", "无列明理由而略过，视为未核验。", "interface.md 5"),
    "trust_root_unpinned": (
        "No trust root was given; nothing in the folder can vouch for itself.",
        "未指定信任根；文件夹内容不能自证。",
        "interface.md 0.3",
    ),
    "trust_root_mismatch": (
        "The root in the folder is not the root that was given.",
        "文件夹中的根与所指定的信任根不符。",
        "interface.md 0.3",
    ),
    "trust_list_missing": ("The trust list is missing.", "缺少信任列表。", "interface.md 0.3"),
    "trust_list_malformed": ("The trust list does not have its closed form.", "信任列表格式不符。", "credential.md 8"),
    "trust_list_not_signed_by_root": (
        "The trust list is not signed by the trust root.",
        "信任列表并非由信任根签署。",
        "interface.md 0.3",
    ),
    "trust_list_not_yet_valid": ("The trust list is dated in the future.", "信任列表日期在未来。", ""),
    "trust_list_expired": ("The trust list is older than seven days.", "信任列表已逾七日。", "threats.md 0"),
    "trust_list_rolled_back": (
        "The trust list is not the one that the manifest names.",
        "信任列表与清单所载不一致。",
        "threats.md 0",
    ),
    "manifest_missing": ("The signed manifest is missing.", "缺少已签名的清单。", "threats.md 0"),
    "manifest_malformed": ("The manifest does not have its closed form.", "清单格式不符。", "credential.md 8"),
    "manifest_not_signed": ("The manifest is not signed by CSE's manifest key.", "清单并非由清单密钥签署。", "threats.md 5"),
    "manifest_too_old": ("The manifest is too old to rely on.", "清单过旧，不可依据。", "threats.md 0"),
    "manifest_mismatch": ("A file is not the one that the manifest names.", "文件与清单所载不一致。", "threats.md 0"),
}

CODES = frozenset(_TEXTS)
"""Every code that a finding may carry; a test walks the verifier and holds this complete."""


def message(code: str) -> tuple[dict[str, str], str]:
    """Return the sentence of `code` as `{"en", "zh"}`, and its clause (empty if there is none)."""
    english, chinese, clause = _TEXTS[code]
    return {"en": english, "zh": chinese}, clause
