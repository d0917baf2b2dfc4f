-- The tables of the first release as it made them. Types are SQLite's; m0001_part_one.py says what PostgreSQL calls them.

CREATE TABLE authorization_grant (
    path TEXT NOT NULL,
    society TEXT NOT NULL,
    code TEXT NOT NULL,
    acting_for TEXT,
    standards TEXT NOT NULL,
    from_on DATE NOT NULL,
    to_on DATE NOT NULL,
    state TEXT NOT NULL,
    state_since DATE NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (path)
)

CREATE TABLE body (
    did TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    code TEXT,
    keystore TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (did)
)

CREATE TABLE journal (
    seq INTEGER NOT NULL,
    recorded_at DATETIME NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    payload_sha256 TEXT NOT NULL,
    previous_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (seq)
)

CREATE TABLE member (
    id TEXT NOT NULL,
    name_hans TEXT,
    name_latin TEXT,
    consent_c1 BOOLEAN NOT NULL,
    PRIMARY KEY (id)
)

CREATE TABLE proposal (
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    tenant TEXT NOT NULL,
    authenticated_by TEXT NOT NULL,
    proposed_at DATETIME NOT NULL,
    confirmed_by TEXT,
    confirmed_at DATETIME,
    PRIMARY KEY (digest)
)

CREATE TABLE publication (
    slot INTEGER NOT NULL,
    issued_at DATETIME NOT NULL,
    PRIMARY KEY (slot)
)

CREATE TABLE register_fact (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
)

CREATE TABLE statement (
    path TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (path)
)

CREATE TABLE status_event (
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    register_no TEXT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    public_reason TEXT NOT NULL,
    decision_ref TEXT NOT NULL,
    effective_at DATETIME NOT NULL,
    recorded_at DATETIME NOT NULL,
    actor TEXT NOT NULL,
    journal_seq INTEGER NOT NULL,
    PRIMARY KEY (seq)
)

CREATE TABLE trust_list (
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    document BLOB NOT NULL,
    issued_at DATETIME NOT NULL,
    PRIMARY KEY (version)
)

CREATE TABLE authorization_scope (
    path TEXT NOT NULL,
    seq INTEGER NOT NULL,
    field TEXT NOT NULL,
    grades TEXT NOT NULL,
    may TEXT NOT NULL,
    from_on DATE NOT NULL,
    until_on DATE NOT NULL,
    PRIMARY KEY (path, seq),
    FOREIGN KEY(path) REFERENCES authorization_grant (path)
)

CREATE TABLE body_key (
    key_id TEXT NOT NULL,
    did TEXT NOT NULL,
    key_use TEXT NOT NULL,
    public_key BLOB NOT NULL,
    not_before DATETIME NOT NULL,
    not_after DATETIME NOT NULL,
    compromised_since DATETIME,
    position INTEGER NOT NULL,
    PRIMARY KEY (key_id),
    FOREIGN KEY(did) REFERENCES body (did)
)

CREATE TABLE register_entry (
    register_no TEXT NOT NULL,
    member_id TEXT NOT NULL,
    field TEXT NOT NULL,
    society TEXT NOT NULL,
    first_registered_on DATE NOT NULL,
    PRIMARY KEY (register_no),
    UNIQUE (member_id, field),
    FOREIGN KEY(member_id) REFERENCES member (id)
)

CREATE TABLE hold (
    id COUNTER NOT NULL,
    member_id TEXT,
    register_no TEXT,
    kind TEXT NOT NULL,
    since DATETIME NOT NULL,
    until_on DATE,
    decision_ref TEXT NOT NULL,
    lifted_at DATETIME,
    PRIMARY KEY (id),
    FOREIGN KEY(member_id) REFERENCES member (id),
    FOREIGN KEY(register_no) REFERENCES register_entry (register_no)
)

CREATE TABLE registration (
    register_no TEXT NOT NULL,
    seq INTEGER NOT NULL,
    grade TEXT NOT NULL,
    grade_since_on DATE NOT NULL,
    assessing_society TEXT NOT NULL,
    life TEXT NOT NULL,
    life_since DATETIME NOT NULL,
    standard_ref TEXT NOT NULL,
    recommendation TEXT NOT NULL,
    material_review_on DATE,
    written_test_on DATE,
    interview_on DATE,
    PRIMARY KEY (register_no, seq),
    FOREIGN KEY(register_no) REFERENCES register_entry (register_no),
    FOREIGN KEY(recommendation) REFERENCES proposal (digest)
)

CREATE TABLE certificate (
    page_id TEXT NOT NULL,
    register_no TEXT NOT NULL,
    registration_seq INTEGER NOT NULL,
    term_seq INTEGER NOT NULL,
    issue_number INTEGER NOT NULL,
    basis TEXT NOT NULL,
    state TEXT NOT NULL,
    unsigned BLOB NOT NULL,
    document BLOB,
    content_sha256 TEXT NOT NULL,
    document_sha256 TEXT,
    paper_sha256 TEXT,
    list_number INTEGER NOT NULL,
    status_index INTEGER NOT NULL,
    valid_from DATETIME NOT NULL,
    valid_until DATETIME NOT NULL,
    cse_key TEXT NOT NULL,
    society_key TEXT NOT NULL,
    intended_at DATETIME NOT NULL,
    issued_at DATETIME,
    journal_seq INTEGER,
    ended_reason TEXT,
    ended_sub_reason TEXT,
    ended_at DATETIME,
    suspension_kept BOOLEAN NOT NULL,
    replaced_by TEXT,
    PRIMARY KEY (page_id),
    UNIQUE (list_number, status_index),
    UNIQUE (register_no, issue_number),
    FOREIGN KEY(register_no, registration_seq) REFERENCES registration (register_no, seq)
)

CREATE TABLE registration_term (
    register_no TEXT NOT NULL,
    registration_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    start_on DATE NOT NULL,
    end_on DATE NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (register_no, registration_seq, seq),
    FOREIGN KEY(register_no, registration_seq) REFERENCES registration (register_no, seq)
)
