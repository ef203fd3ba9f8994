-- The schema of version 0.1.0. For each table its columns, its indexes and the rows it begins with.

-- What holds for the whole installation: a single row.
CREATE TABLE installation (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    installation_id TEXT NOT NULL,
    public_url TEXT NOT NULL,
    trust_domain TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- A sealed known value: proves at start that the sealing key is the right one.
    sealing_canary BLOB NOT NULL,
    -- Counts how often a failed store has proved itself by a real write.
    proven BIGINT NOT NULL,
    -- How often this installation was restored from a backup, and when last. Nodes that start after a restore take new
    -- names: their serial numbers and audit chains start again.
    generation BIGINT NOT NULL DEFAULT 0,
    restored_at_ms BIGINT,
    -- What the first node that starts after a restore writes into its chain, as JSON; null once it is written.
    restore_record TEXT
);

CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE UNIQUE INDEX organization_names ON organizations (name) WHERE archived_at_ms IS NULL;

CREATE TABLE workspaces (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    is_default BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE INDEX workspaces_of_organization ON workspaces (organization_id);
CREATE UNIQUE INDEX workspace_names ON workspaces (organization_id, name);

-- Only the SHA-256 of a key is kept.
CREATE TABLE admin_keys (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    -- Which key a key was made with: two keys of one chain are one person (S16). Null = made on the host.
    created_by TEXT,
    -- When a key was last seen, to the minute; null = never.
    last_used_at_ms BIGINT,
    -- The person that a key belongs to, as an identity provider knows that person; null = not known.
    owner_issuer TEXT,
    owner_subject TEXT
);

CREATE INDEX admin_keys_of_organization ON admin_keys (organization_id);

-- Ordinals number the rows of a table in the order of their creation; the one writer hands them out.
CREATE TABLE service_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    organization_role TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT
);

CREATE UNIQUE INDEX service_account_names ON service_accounts (organization_id, name) WHERE archived_at_ms IS NULL;
CREATE INDEX service_accounts_of_organization ON service_accounts (organization_id, ordinal);

CREATE TABLE federation_issuers (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    issuer_url TEXT NOT NULL,
    -- The wire's jwks union, as canonical JSON.
    jwks TEXT NOT NULL,
    check_jti BIGINT NOT NULL,
    max_jwt_lifetime_seconds BIGINT NOT NULL,
    -- CIDR:port pairs, separated by blanks.
    allowed_targets TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT,
    -- What an issuer's tokens may look like, and how long its keys serve.
    preset TEXT,
    tenancy TEXT NOT NULL DEFAULT 'dedicated',
    -- Decides; check_jti says the same in the words of the wire.
    replay_mode TEXT NOT NULL DEFAULT 'single_use',
    replay_window_seconds BIGINT NOT NULL DEFAULT 60,
    -- Names separated by blanks.
    algorithms TEXT NOT NULL DEFAULT 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512',
    types TEXT NOT NULL DEFAULT 'JWT at+jwt',
    single_audience BIGINT NOT NULL DEFAULT 0,
    allow_missing_kid BIGINT NOT NULL DEFAULT 0,
    allow_non_ascii BIGINT NOT NULL DEFAULT 0,
    caller_detail TEXT NOT NULL DEFAULT 'none',
    stale_ok_seconds BIGINT,
    hard_expiry_seconds BIGINT
);

CREATE UNIQUE INDEX federation_issuer_names ON federation_issuers (organization_id, name) WHERE archived_at_ms IS NULL;
CREATE INDEX federation_issuers_of_organization ON federation_issuers (organization_id, ordinal);

CREATE TABLE federation_rules (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    issuer_id TEXT NOT NULL REFERENCES federation_issuers (id),
    service_account_id TEXT NOT NULL REFERENCES service_accounts (id),
    subject TEXT,
    audience TEXT,
    -- Names and values, as a JSON object.
    claims TEXT NOT NULL,
    oauth_scope TEXT NOT NULL,
    token_lifetime_seconds BIGINT NOT NULL,
    applies_to_all_workspaces BIGINT NOT NULL,
    -- Ids separated by blanks.
    tunnel_ids TEXT NOT NULL,
    edge_ids TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT,
    -- What a rule matches in addition to an exact subject and string claims, and how it takes
    -- effect.
    subject_segments TEXT,
    -- The wire's matchers, as a JSON array.
    matchers TEXT NOT NULL DEFAULT '[]',
    cel_condition TEXT,
    state TEXT NOT NULL DEFAULT 'enforce',
    token_binding TEXT NOT NULL DEFAULT 'any',
    expires_at_ms BIGINT,
    -- The version that decides; null = none.
    enforced_version BIGINT,
    -- Service accounts that may act for the subjects of a rule, separated by spaces.
    actor_ids TEXT NOT NULL DEFAULT ''
);

CREATE UNIQUE INDEX federation_rule_names ON federation_rules (organization_id, name) WHERE archived_at_ms IS NULL;
CREATE INDEX federation_rules_of_organization ON federation_rules (organization_id, ordinal);
CREATE INDEX federation_rules_of_issuer ON federation_rules (issuer_id);
CREATE INDEX federation_rules_of_service_account ON federation_rules (service_account_id);

-- The next ordinal is one more than the largest: found at the index's end, not by reading the table.
CREATE INDEX federation_rules_by_ordinal ON federation_rules (ordinal);

CREATE TABLE federation_rule_workspaces (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (rule_id, workspace_id)
);

-- Refusals before the signature was proved. No chain entries: any client that can send a request could fill
-- the chain.
CREATE TABLE federation_refusals (
    request_id TEXT NOT NULL PRIMARY KEY,
    -- The journal's last sequence at the time, times 2^20, plus a counter: sorts them among the chain's entries.
    ordinal BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    organization_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    issuer_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT,
    source TEXT NOT NULL,
    user_agent TEXT,
    -- More than one: so many alike within a minute that were not recorded one by one.
    refusals BIGINT NOT NULL,
    -- Denials of both kinds are found here, by what people ask for; a proven one is also a chain entry, which has its
    -- claims. The trace contains what the evaluation read.
    proven BIGINT NOT NULL DEFAULT 0,
    rule_version BIGINT,
    service_account_id TEXT,
    subject TEXT,
    trace TEXT
);

CREATE INDEX federation_refusals_of_organization ON federation_refusals (organization_id, ordinal);
CREATE INDEX federation_refusals_of_source ON federation_refusals (source, rule_id);
CREATE INDEX federation_refusals_of_rule ON federation_refusals (organization_id, rule_id, ordinal);
CREATE INDEX federation_refusals_of_reason ON federation_refusals (organization_id, reason, ordinal);

-- Keys that sign access tokens. Private halves are sealed, bound to their row.
CREATE TABLE token_signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    private_key BLOB NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- In the published set from its creation; signs from then on.
    active_from_ms BIGINT NOT NULL,
    -- Counts the keys that were ever made. Unique: of several nodes that find the next key due, one makes it.
    generation BIGINT NOT NULL DEFAULT 0,
    -- `sealed`: private_key is the sealed key. `pkcs11`: it is the sealed label of the key in the HSM.
    custody TEXT NOT NULL DEFAULT 'sealed'
);

CREATE UNIQUE INDEX token_signing_key_generations ON token_signing_keys (generation);

-- The platform CA's two tiers. Keys are sealed; a retired issuing authority keeps its row, its key is cleared.
CREATE TABLE platform_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    tier TEXT NOT NULL CHECK (tier IN ('root', 'issuing')),
    certificate BLOB NOT NULL,
    sealed_key BLOB,
    created_at_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL,
    -- Roots of the platform CA follow one another: which epochs of its bundle held a root, and which root certified what.
    state TEXT NOT NULL DEFAULT 'active',
    state_since_ms BIGINT NOT NULL DEFAULT 0,
    -- The root above an issuing authority.
    root_id TEXT,
    added_epoch BIGINT NOT NULL DEFAULT 1,
    removed_epoch BIGINT,
    -- The person who had a root made.
    made_by TEXT
);

-- At every moment one root at most is active, and one at most is to follow it.
CREATE UNIQUE INDEX platform_root_states ON platform_authorities (state)
WHERE tier = 'root' AND state IN ('staged', 'active');

-- Every certificate that was ever intended: the row is durable before the signature exists, and never deleted.
CREATE TABLE certificates (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'edge', 'server', 'service')),
    status TEXT NOT NULL CHECK (status IN ('intent', 'issued', 'void')),
    organization_id TEXT,
    workspace_id TEXT,
    tunnel_id TEXT,
    enrollment_id TEXT,
    edge_id TEXT,
    ca_id TEXT,
    identity TEXT NOT NULL,
    issued_at_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL,
    fingerprint TEXT,
    certificate BLOB,
    -- Which identity has which key, so that one key never represents two identities; and the request of an issuance,
    -- so that the same request gets the same certificate.
    spki_sha256 TEXT,
    idempotency_key TEXT,
    request_sha256 TEXT,
    -- Revocation of single certificates. The shard is the revocation list that holds the certificate, fixed when it was
    -- revoked; null where its authority publishes none.
    revoked_at_ms BIGINT,
    revocation_reason TEXT,
    crl_shard BIGINT,
    -- The day of its end, in days since 1970: what a forecast counts by.
    expires_day BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX certificates_of_tunnel ON certificates (tunnel_id, ordinal);
CREATE INDEX certificates_intended ON certificates (serial) WHERE status = 'intent';
CREATE INDEX certificates_of_key ON certificates (spki_sha256);
CREATE UNIQUE INDEX certificates_of_request ON certificates (idempotency_key) WHERE idempotency_key IS NOT NULL;

-- One index for every filter of the inventory, so that a page never reads what it does not show.
CREATE INDEX certificates_of_organization ON certificates (organization_id, ordinal);
CREATE INDEX certificates_of_workspace ON certificates (workspace_id, ordinal);
CREATE INDEX certificates_by_ca ON certificates (ca_id, ordinal);
CREATE INDEX certificates_of_identity ON certificates (identity, ordinal);
CREATE INDEX certificates_by_expiry ON certificates (organization_id, not_after_ms, ordinal);
CREATE INDEX certificates_forecast ON certificates (organization_id, expires_day, ca_id)
    WHERE status = 'issued' AND revoked_at_ms IS NULL;
CREATE INDEX certificates_revoked ON certificates (organization_id, ordinal) WHERE revoked_at_ms IS NOT NULL;
CREATE INDEX certificates_unfinished ON certificates (organization_id, ordinal) WHERE status <> 'issued';
CREATE INDEX certificates_long_lived ON certificates (not_after_ms)
    WHERE status = 'issued' AND revoked_at_ms IS NULL AND not_after_ms - not_before_ms >= 604800000;
CREATE INDEX certificates_of_authority ON certificates (ca_id, not_after_ms, ordinal);
CREATE INDEX certificates_of_enrollment ON certificates (enrollment_id, not_after_ms) WHERE enrollment_id IS NOT NULL;
CREATE INDEX certificates_of_edge ON certificates (edge_id, not_after_ms) WHERE edge_id IS NOT NULL;
CREATE INDEX certificates_listed
    ON certificates (ca_id, crl_shard, serial, revoked_at_ms, revocation_reason, not_after_ms)
    WHERE revoked_at_ms IS NOT NULL;
CREATE INDEX certificates_refused ON certificates (not_after_ms)
    WHERE revoked_at_ms IS NOT NULL AND (enrollment_id IS NOT NULL OR edge_id IS NOT NULL);

-- An agent's standing permission to hold a platform certificate (S4). One live row per tunnel and instance.
CREATE TABLE enrollments (
    id TEXT NOT NULL PRIMARY KEY,
    tunnel_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('federation', 'tunnel_token')),
    principal TEXT NOT NULL,
    issuer_id TEXT,
    rule_id TEXT,
    rule_version BIGINT,
    service_account_id TEXT,
    token_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_proof_ms BIGINT NOT NULL,
    certificate_serial TEXT,
    certificate_not_after_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT,
    -- What else of the access token an enrolment rests on, so that revoking the token's kin reaches the machine.
    token_issued_at_s BIGINT NOT NULL DEFAULT 0,
    token_family TEXT,
    token_subject_hash TEXT,
    token_key_id TEXT
);

CREATE UNIQUE INDEX enrollments_live ON enrollments (tunnel_id, instance_id) WHERE revoked_at_ms IS NULL;
CREATE INDEX enrollments_unexpired ON enrollments (certificate_not_after_ms);

-- The same for an edge; the edge itself is registered elsewhere.
CREATE TABLE edge_enrollments (
    edge_id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    issuer_id TEXT,
    rule_id TEXT,
    rule_version BIGINT,
    service_account_id TEXT,
    token_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_proof_ms BIGINT NOT NULL,
    certificate_serial TEXT,
    certificate_not_after_ms BIGINT NOT NULL,
    token_issued_at_s BIGINT NOT NULL DEFAULT 0,
    token_family TEXT,
    token_subject_hash TEXT,
    token_key_id TEXT,
    -- Certificates issued by then are refused; a proof after it enrols the edge again.
    revoked_at_ms BIGINT
);

-- Domains are never deleted and so never given out again.
CREATE TABLE tunnels (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    display_name TEXT,
    domain TEXT NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT,
    -- Counts changes of the settings below.
    revision BIGINT NOT NULL,
    client_source_ranges TEXT NOT NULL,
    agent_source_ranges TEXT NOT NULL,
    allow_tunnel_token BIGINT NOT NULL,
    -- Counts changes of the trust bundle.
    bundle_epoch BIGINT NOT NULL,
    -- The token: its id, its SHA-256 for finding it, and itself sealed for revealing it. No secret once archived.
    token_id TEXT NOT NULL,
    token_hash BLOB UNIQUE,
    token_sealed BLOB,
    -- SHA-256 over credential, path and body of the creating request: recognises a client's own retry.
    create_fingerprint BLOB NOT NULL,
    -- Names of the organization's range sets that clients may come from, besides the tunnel's own ranges.
    client_range_sets TEXT NOT NULL DEFAULT '',
    -- What the tunnel may use of each edge; null = the edge's own default.
    limit_max_connections BIGINT,
    limit_new_connections TEXT,
    limit_bytes_per_second BIGINT,
    limit_open_streams BIGINT,
    affinity TEXT NOT NULL DEFAULT 'hostname',
    -- Since when edges refuse its clients; null = they do not.
    paused_at_ms BIGINT,
    -- How long edges take the tunnel's agents without word from the service; null = each edge's own setting.
    offline_grace_s BIGINT,
    public_port BIGINT
);

CREATE INDEX tunnels_of_organization ON tunnels (organization_id, ordinal);
CREATE INDEX tunnels_by_fingerprint ON tunnels (create_fingerprint);

CREATE TABLE registered_certificates (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    fingerprint TEXT NOT NULL,
    certificate_pem TEXT NOT NULL,
    -- Issuers above it up to the root, for clients that build whole chains; empty for trust-only ones.
    issuers_pem TEXT NOT NULL,
    -- The certificate authority whose key the service holds; null = trust-only.
    authority_id TEXT,
    -- 1 while it counts towards the two slots; retiring and tainted authorities stay listed without one.
    occupies_slot BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- When it joined the trust bundle; null = it waits for a second person.
    added_at_ms BIGINT,
    expires_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT,
    -- What waits for a second person: addition or removal, who requested it, and which person that is.
    pending TEXT,
    requested_by TEXT,
    requested_person TEXT,
    -- The key of a registered certificate, so that no leaf is ever issued for it.
    spki_sha256 TEXT,
    -- Which epochs of a tunnel's bundle held an anchor: from added_epoch on, until before removed_epoch.
    added_epoch BIGINT NOT NULL DEFAULT 0,
    removed_epoch BIGINT
);

CREATE INDEX registered_certificates_of_tunnel ON registered_certificates (tunnel_id, ordinal);
CREATE INDEX registered_certificates_of_key ON registered_certificates (spki_sha256);

CREATE TABLE edges (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name while unarchived, null afterwards: unique among the living only, in any database.
    live_name TEXT UNIQUE,
    addresses TEXT NOT NULL,
    dns_names TEXT NOT NULL,
    -- What clients dial, as the edge last reported it.
    public_port BIGINT,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT,
    -- Since when an edge sends its agents and clients elsewhere; null = it serves.
    draining_at_ms BIGINT,
    -- The port of its CONNECT ingress, as it last reported it; null = it has none.
    connect_port BIGINT
);

-- The last report of each edge; bookkeeping, not history.
CREATE TABLE edge_reports (
    edge_id TEXT NOT NULL PRIMARY KEY REFERENCES edges (id),
    reported_at_ms BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- The last report of each agent instance; bookkeeping, not history.
CREATE TABLE agent_reports (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    -- Serial of the certificate that the report came in by.
    peer_serial TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);

-- One chain per node: an entry's place is (node, sequence). Its ordinal, unique in the installation and growing with
-- time, is what lists are ordered and paged by.
CREATE TABLE journal (
    node TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    ordinal BIGINT NOT NULL UNIQUE,
    at_ms BIGINT NOT NULL,
    event TEXT NOT NULL,
    organization_id TEXT,
    request_id TEXT,
    salt BLOB NOT NULL,
    body BLOB,
    body_digest BLOB NOT NULL,
    hash BLOB NOT NULL,
    replay_key BLOB UNIQUE,
    replay_until BIGINT,
    -- What the first use wants later ones to know; opaque.
    replay_tag BLOB,
    PRIMARY KEY (node, sequence)
);

CREATE INDEX journal_requests ON journal (request_id);

-- A restart asks whether the clock was known to be wrong. There are a handful of these among millions.
CREATE INDEX journal_clock ON journal (node, sequence) WHERE event IN ('clock_alarm', 'clock_confirmed');

-- Service processes that share this database. The id is the prefix of the serial numbers that the node gives out.
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE CHECK (id BETWEEN 1 AND 127),
    created_at_ms BIGINT NOT NULL
);

-- One counter per topic, raised in the transaction that changes something of it. The number is the topic's flag.
CREATE TABLE change_counters (
    topic BIGINT NOT NULL PRIMARY KEY,
    counter BIGINT NOT NULL
);

INSERT INTO change_counters (topic, counter) VALUES (1, 0), (2, 0), (4, 0), (8, 0), (16, 0), (32, 0);

-- Recurring jobs that an operator paused, on all nodes.
CREATE TABLE job_pauses (
    job TEXT NOT NULL PRIMARY KEY,
    paused_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    paused_at_ms BIGINT NOT NULL
);

-- What was revoked before its time. One row per thing: a later revocation of the same raises issued_before_s.
CREATE TABLE token_revocations (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- Tokens issued at or before that second (Unix); the largest number for kinds that know no time.
    issued_before_s BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    -- Nothing that it concerns can live then; the row goes.
    ends_at_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX token_revocations_thing ON token_revocations (organization_id, kind, value);
CREATE INDEX token_revocations_of_organization ON token_revocations (organization_id, ordinal);
CREATE INDEX token_revocations_ending ON token_revocations (ends_at_ms);

CREATE TABLE federation_issuer_key_sets (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    -- Of source and document: shows whether the same was recorded already. Never believed.
    digest TEXT NOT NULL,
    -- The bytes as fetched, sealed.
    sealed_document BLOB NOT NULL,
    -- Source, digest, times, tag and proven keys, sealed; changes more often than the document.
    sealed_state BLOB NOT NULL
);

-- What an administrator took away from an issuer, line by line.
CREATE TABLE federation_issuer_kills (
    issuer_id TEXT NOT NULL REFERENCES federation_issuers (id),
    -- The order that a line belongs to and is undone with.
    cause TEXT NOT NULL,
    -- kid, key, key_set or issuer
    kind TEXT NOT NULL,
    -- A kid or a thumbprint; empty for the others.
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    killed_at_ms BIGINT NOT NULL,
    killed_by TEXT NOT NULL,
    PRIMARY KEY (issuer_id, cause, kind, value)
);

-- Issuers whose keys are no longer polled after too many failures.
CREATE TABLE federation_issuer_pauses (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    paused_at_ms BIGINT NOT NULL
);

-- Every version of every rule, written with the change that made it and never altered.
CREATE TABLE federation_rule_versions (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    version BIGINT NOT NULL,
    organization_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    issuer_id TEXT NOT NULL,
    service_account_id TEXT NOT NULL,
    subject TEXT,
    subject_segments TEXT,
    audience TEXT,
    claims TEXT NOT NULL,
    matchers TEXT NOT NULL,
    cel_condition TEXT,
    oauth_scope TEXT NOT NULL,
    token_lifetime_seconds BIGINT NOT NULL,
    applies_to_all_workspaces BIGINT NOT NULL,
    tunnel_ids TEXT NOT NULL,
    edge_ids TEXT NOT NULL,
    state TEXT NOT NULL,
    token_binding TEXT NOT NULL,
    expires_at_ms BIGINT,
    enforced_version BIGINT,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT,
    actor_ids TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (rule_id, version)
);

CREATE TABLE federation_rule_version_workspaces (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    version BIGINT NOT NULL,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (rule_id, version, workspace_id)
);

-- Numbers the changes of issuers, rules and service accounts. Raising it locks its row until the change is committed,
-- so that a reader that has seen a number has seen all smaller ones.
CREATE TABLE federation_sequence (
    id BIGINT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO federation_sequence (id, value) VALUES (1, 0);

-- The number of the last change of each record: what a node has to read again.
CREATE TABLE federation_changes (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE INDEX federation_changes_since ON federation_changes (sequence);

-- Explicit memberships alone; that of the default workspace, which every service account has, is implied.
CREATE TABLE workspace_members (
    ordinal BIGINT NOT NULL,
    service_account_id TEXT NOT NULL REFERENCES service_accounts (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    workspace_role TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (service_account_id, workspace_id)
);

CREATE INDEX workspace_members_of_workspace ON workspace_members (workspace_id, ordinal);

-- The tests of a rule, from the version on that changed them.
CREATE TABLE federation_rule_tests (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    version BIGINT NOT NULL,
    -- The wire's tests, as a JSON array.
    tests TEXT NOT NULL,
    PRIMARY KEY (rule_id, version)
);

-- Every custody and the whole life of a tunnel's authority. Its key may be elsewhere, or not exist yet.
CREATE TABLE certificate_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    tunnel_id TEXT NOT NULL,
    name TEXT NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('sealed', 'pkcs11', 'trust_only', 'imported')),
    state TEXT NOT NULL,
    state_before TEXT,
    state_since_ms BIGINT,
    public_key BLOB,
    sealed_key BLOB,
    key_label TEXT,
    csr_pem TEXT,
    registration_ends_ms BIGINT,
    chain_pem TEXT,
    fingerprint TEXT,
    subject_key TEXT,
    not_after_ms BIGINT,
    max_leaf_life_ms BIGINT,
    findings TEXT,
    submitted_by TEXT,
    submitted_person TEXT,
    approved_by TEXT,
    override_missing TEXT,
    override_reason TEXT,
    override_by TEXT,
    override_person TEXT,
    override_at_ms BIGINT,
    registered_certificate_id TEXT,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT,
    -- The request was for an anchor that the whole machine trusts; the approval covers
    -- that.
    public_anchor BIGINT NOT NULL DEFAULT 0,
    -- Who is making the key of a draft: of two nodes that are asked at once, one makes it under the label in the token.
    key_claim TEXT,
    key_claim_until_ms BIGINT
);

CREATE INDEX certificate_authorities_of_tunnel ON certificate_authorities (tunnel_id, ordinal);
CREATE INDEX certificate_authorities_by_state ON certificate_authorities (state);
CREATE INDEX certificate_authorities_by_subject ON certificate_authorities (subject_key);

-- A key that the service holds belongs to one authority; a certificate that is only trusted may be anywhere (S18).
CREATE UNIQUE INDEX certificate_authorities_key ON certificate_authorities (public_key) WHERE custody <> 'trust_only';
CREATE UNIQUE INDEX certificate_authorities_active ON certificate_authorities (tunnel_id)
    WHERE state = 'active' AND custody <> 'trust_only';

-- Who keeps a copy of a tunnel's bundle, which epoch was given to it, and which one it said to hold.
CREATE TABLE bundle_holders (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'relying_party')),
    -- Agents: the instance. Relying parties: the record's id.
    holder TEXT NOT NULL,
    served_epoch BIGINT NOT NULL,
    acknowledged_epoch BIGINT NOT NULL,
    -- Agents: serial of the certificate that the word came in by. Relying parties: who gave it.
    acknowledged_by TEXT,
    acknowledged_at_ms BIGINT,
    heard_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, kind, holder)
);

-- Those outside who verify a tunnel's certificates and say which bundle they hold.
CREATE TABLE relying_parties (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    name TEXT NOT NULL,
    -- SHA-256 of its own credential; cleared when it is archived.
    secret_hash BLOB UNIQUE,
    -- Whose access tokens speak for it too; null = none.
    service_account_id TEXT,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX relying_parties_of_tunnel ON relying_parties (tunnel_id, ordinal);
CREATE UNIQUE INDEX relying_parties_live ON relying_parties (tunnel_id, name) WHERE archived_at_ms IS NULL;

-- How an authority's lists are divided and where they are fetched. Its certificates contain these addresses, so that a
-- row never changes.
CREATE TABLE revocation_points (
    ca_id TEXT NOT NULL PRIMARY KEY,
    shards BIGINT NOT NULL,
    base_url TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- The newest list of each shard. It is out of date while `built` is not `wanted`, which every revocation raises.
CREATE TABLE revocation_lists (
    ca_id TEXT NOT NULL REFERENCES revocation_points (ca_id),
    shard BIGINT NOT NULL,
    number BIGINT NOT NULL,
    wanted BIGINT NOT NULL,
    built BIGINT NOT NULL,
    this_update_ms BIGINT NOT NULL,
    next_update_ms BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    list BLOB,
    PRIMARY KEY (ca_id, shard)
);

CREATE INDEX revocation_lists_due ON revocation_lists (next_update_ms);
CREATE INDEX revocation_lists_stale ON revocation_lists (ca_id) WHERE wanted <> built;

-- Lists of authorities whose key is elsewhere, as they were imported: the newest of each registered certificate.
CREATE TABLE imported_revocation_lists (
    registered_certificate_id TEXT NOT NULL PRIMARY KEY,
    tunnel_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    number TEXT NOT NULL,
    this_update_ms BIGINT NOT NULL,
    next_update_ms BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    list BLOB NOT NULL,
    imported_at_ms BIGINT NOT NULL
);

-- Which notice of an approaching expiry was sent: each once, for all callers.
CREATE TABLE expiry_notices (
    subject TEXT NOT NULL,
    not_after_ms BIGINT NOT NULL,
    days BIGINT NOT NULL,
    noticed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (subject, not_after_ms, days)
);

CREATE INDEX expiry_notices_ahead ON expiry_notices (not_after_ms);

-- Where an organization wants to hear of them. The secret signs what is sent; it is shown once.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    url TEXT NOT NULL,
    allowed_targets TEXT NOT NULL,
    ca_pem TEXT,
    sealed_secret BLOB,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX webhooks_of_organization ON webhooks (organization_id, ordinal);

-- What is to be sent, and what became of it.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    event TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    last_error TEXT,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_ms) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, created_at_ms);
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (done_at_ms) WHERE state <> 'pending';

-- Attempts to have an authority's request made and signed: one row of each authority, its last attempt.
CREATE TABLE signing_attempts (
    ca_id TEXT NOT NULL PRIMARY KEY REFERENCES certificate_authorities (id),
    attempts BIGINT NOT NULL,
    -- Chains in a row that were refused: each doubles the wait.
    refused BIGINT NOT NULL,
    node TEXT NOT NULL,
    began_at_ms BIGINT NOT NULL,
    -- While an attempt is under way, no other node begins one until then; 0 = none
    -- is.
    held_until_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    next_at_ms BIGINT NOT NULL,
    -- Why the last one led nowhere; null = it did not.
    fault TEXT
);

-- A root's name and key, certified by the root before it (S11): sent by those whom machines with the old root meet.
CREATE TABLE platform_links (
    subject_id TEXT NOT NULL REFERENCES platform_authorities (id),
    issuer_id TEXT NOT NULL REFERENCES platform_authorities (id),
    certificate BLOB NOT NULL,
    PRIMARY KEY (subject_id, issuer_id)
);

CREATE TABLE platform_bundle (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch BIGINT NOT NULL
);

INSERT INTO platform_bundle (one, epoch) VALUES (1, 1);

-- Which epoch of the platform's bundle a machine was given last, and which one it said to hold. None = the first.
CREATE TABLE platform_holders (
    -- The machine's SPIFFE id.
    holder TEXT NOT NULL PRIMARY KEY,
    served_epoch BIGINT NOT NULL,
    acknowledged_epoch BIGINT NOT NULL,
    -- Serial of the certificate that the word came in by.
    acknowledged_by TEXT
);

CREATE TABLE client_range_sets (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    ranges TEXT NOT NULL,
    -- Counts changes, from 1.
    revision BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

-- Whose certificates open the CONNECT ingress for a tunnel.
CREATE TABLE client_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    fingerprint TEXT NOT NULL,
    -- Tunnel and fingerprint while unarchived, null afterwards: unique among the living only.
    live_key TEXT UNIQUE,
    certificate_pem TEXT NOT NULL,
    identities TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX client_authorities_of_tunnel ON client_authorities (tunnel_id, ordinal);

-- How often an operator has disconnected an agent instance; edges end the connections that are older than the last time.
CREATE TABLE agent_disconnects (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);

-- Names that clients use for a tunnel in addition to its own domain.
CREATE TABLE hostnames (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    name TEXT NOT NULL,
    -- pending, active or suspended.
    state TEXT NOT NULL,
    -- The name while it is active, also for a while after its tunnel was archived; null otherwise. Then no other
    -- tunnel may have it.
    held_name TEXT UNIQUE,
    -- The operator who approved it in place of a proof; null = not approved.
    approved_by TEXT,
    created_at_ms BIGINT NOT NULL,
    -- Since when it is active; null = it is not.
    active_at_ms BIGINT,
    -- The last check of its name servers, and the result.
    checked_at_ms BIGINT,
    check_result TEXT,
    -- Daily looks in a row that did not find the proof.
    misses BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, name)
);

CREATE INDEX hostnames_by_check ON hostnames (state, checked_at_ms);

-- Challenges of certificate authorities that agents are about to answer; gone soon after their end.
CREATE TABLE acme_challenges (
    id TEXT NOT NULL PRIMARY KEY,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    -- One at a time: a challenge certificate speaks for one key authorization.
    name TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

-- Agents and edges that hold it.
CREATE TABLE acme_challenge_holders (
    challenge_id TEXT NOT NULL REFERENCES acme_challenges (id),
    holder TEXT NOT NULL,
    PRIMARY KEY (challenge_id, holder)
);

-- What was called through a tunnel, as its agents count it: bookkeeping, not history.
CREATE TABLE tunnel_inventory (
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    route TEXT NOT NULL,
    -- tool, prompt, resource or method.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    allowed BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    would_deny BIGINT NOT NULL,
    would_refuse BIGINT NOT NULL,
    first_seen_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    -- 0 = it was only listed.
    last_called_at_ms BIGINT NOT NULL,
    -- Who called last; empty where the agent does not ask.
    last_issuer TEXT NOT NULL,
    last_subject TEXT NOT NULL,
    last_client_id TEXT NOT NULL,
    PRIMARY KEY (tunnel_id, route, kind, name)
);

-- The last part of each agent's counts that is in: one that comes again counts nothing.
CREATE TABLE tunnel_inventory_marks (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    run TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);

-- Service processes that run now, by the database's own clock. On SQLite there is one, and nothing here.
CREATE TABLE node_presence (
    node TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    started_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
);

-- What each node has let through since it last said so: 24 octets a key. Others read it and forget it.
CREATE TABLE limit_shares (
    node TEXT NOT NULL,
    run BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    told_at_ms BIGINT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (node, run, sequence)
);

-- When each edge was last heard of, to within a part of the time for which that makes it live: known on every node.
CREATE TABLE edge_contacts (
    edge_id TEXT NOT NULL PRIMARY KEY REFERENCES edges (id),
    heard_at_ms BIGINT NOT NULL
);

-- Sessions of people in the console. The cookie itself is nowhere but in the browser.
CREATE TABLE console_sessions (
    -- SHA-256 of the cookie.
    token_hash BLOB NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- The key it was opened with, which must still hold; null = the identity provider's word.
    admin_key_id TEXT,
    issuer TEXT,
    subject TEXT,
    -- What the person is called; shown, never decided by.
    name TEXT NOT NULL,
    -- Roles that the provider's claims gave, separated by spaces; empty for admin keys.
    roles TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- When key or provider last said that it still holds.
    proven_at_ms BIGINT NOT NULL,
    -- To the minute.
    used_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX console_sessions_expiry ON console_sessions (expires_at_ms);

-- How far each chain's bodies are dropped: what lies behind is not read again.
CREATE TABLE audit_retention (
    node TEXT NOT NULL PRIMARY KEY,
    dropped_to BIGINT NOT NULL
);

-- Which node has its turn at a target of audit.export, and until when: one sends at a time.
CREATE TABLE audit_export_turns (
    target TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL,
    until_ms BIGINT NOT NULL
);

-- How far each target has each chain: it has every entry up to this one.
CREATE TABLE audit_export_positions (
    target TEXT NOT NULL,
    node TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (target, node)
);
