-- What a rule matches beside an exact subject and string claims, and how it takes effect.
ALTER TABLE federation_rules ADD COLUMN subject_segments TEXT;
-- The wire's matchers, as a JSON array.
ALTER TABLE federation_rules ADD COLUMN matchers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE federation_rules ADD COLUMN cel_condition TEXT;
ALTER TABLE federation_rules ADD COLUMN state TEXT NOT NULL DEFAULT 'enforce';
ALTER TABLE federation_rules ADD COLUMN token_binding TEXT NOT NULL DEFAULT 'any';
ALTER TABLE federation_rules ADD COLUMN expires_at_ms BIGINT;
-- The version that decides; null = none.
ALTER TABLE federation_rules ADD COLUMN enforced_version BIGINT;

UPDATE federation_rules SET enforced_version = version WHERE archived_at_ms IS NULL;

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
    PRIMARY KEY (rule_id, version)
);

CREATE TABLE federation_rule_version_workspaces (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    version BIGINT NOT NULL,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (rule_id, version, workspace_id)
);

INSERT INTO federation_rule_versions (rule_id, version, organization_id, name, description, issuer_id,
    service_account_id, subject, subject_segments, audience, claims, matchers, cel_condition, oauth_scope,
    token_lifetime_seconds, applies_to_all_workspaces, tunnel_ids, edge_ids, state, token_binding, expires_at_ms,
    enforced_version, created_at_ms, created_by, updated_at_ms, updated_by, archived_at_ms, archived_by)
SELECT id, version, organization_id, name, description, issuer_id,
    service_account_id, subject, subject_segments, audience, claims, matchers, cel_condition, oauth_scope,
    token_lifetime_seconds, applies_to_all_workspaces, tunnel_ids, edge_ids, state, token_binding, expires_at_ms,
    enforced_version, created_at_ms, created_by, updated_at_ms, updated_by, archived_at_ms, archived_by
FROM federation_rules;

INSERT INTO federation_rule_version_workspaces (rule_id, version, workspace_id)
SELECT w.rule_id, r.version, w.workspace_id
FROM federation_rule_workspaces w JOIN federation_rules r ON r.id = w.rule_id;
