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
    archived_by TEXT
);

CREATE UNIQUE INDEX federation_issuer_names ON federation_issuers (organization_id, name) WHERE archived_at_ms IS NULL;
CREATE INDEX federation_issuers_of_organization ON federation_issuers (organization_id, ordinal);

-- The last key set that was fetched and usable, so that a restart does not depend on the identity provider.
CREATE TABLE federation_issuer_keys (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    -- Where it came from: another source or address makes it worthless.
    source TEXT NOT NULL,
    key_set BLOB NOT NULL,
    fetched_at_ms BIGINT NOT NULL
);

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
    archived_by TEXT
);

CREATE UNIQUE INDEX federation_rule_names ON federation_rules (organization_id, name) WHERE archived_at_ms IS NULL;
CREATE INDEX federation_rules_of_organization ON federation_rules (organization_id, ordinal);
CREATE INDEX federation_rules_of_issuer ON federation_rules (issuer_id);
CREATE INDEX federation_rules_of_service_account ON federation_rules (service_account_id);

CREATE TABLE federation_rule_workspaces (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (rule_id, workspace_id)
);

-- Refusals before the signature was proved. No chain entries: whoever can send a request could fill the chain.
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
    refusals BIGINT NOT NULL
);

CREATE INDEX federation_refusals_of_organization ON federation_refusals (organization_id, ordinal);
CREATE INDEX federation_refusals_of_source ON federation_refusals (source, rule_id);

-- Support and history ask for one request.
CREATE INDEX journal_requests ON journal (request_id);
