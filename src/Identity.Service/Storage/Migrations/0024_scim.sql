-- expand
-- Directories that provision the people and groups of an issuer by SCIM (RFC 7643). A row exists once it was configured
-- or used.
CREATE TABLE scim_directories (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- Which attribute of a user is the subject of the issuer's tokens: external_id or user_name.
    subject_attribute TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE scim_resources (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    issuer_id TEXT NOT NULL REFERENCES federation_issuers (id),
    -- user or group
    kind TEXT NOT NULL,
    -- Lower case; null for groups.
    user_name_key TEXT,
    -- Lower case.
    display_name_key TEXT,
    external_id TEXT,
    -- The subject of the person at the issuer; null = not linked.
    subject TEXT,
    -- JSON of the attributes that are kept, without the members of a group.
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX scim_resources_by_user_name ON scim_resources (issuer_id, user_name_key);
CREATE UNIQUE INDEX scim_resources_by_subject ON scim_resources (issuer_id, subject);
CREATE INDEX scim_resources_by_external_id ON scim_resources (issuer_id, external_id);
CREATE INDEX scim_resources_by_display_name ON scim_resources (issuer_id, display_name_key);
CREATE INDEX scim_resources_in_order ON scim_resources (issuer_id, kind, ordinal);
CREATE INDEX scim_resources_by_organization ON scim_resources (organization_id, kind);

CREATE TABLE scim_members (
    group_id TEXT NOT NULL REFERENCES scim_resources (id),
    user_id TEXT NOT NULL REFERENCES scim_resources (id),
    PRIMARY KEY (group_id, user_id)
);

CREATE INDEX scim_members_by_user ON scim_members (user_id);

-- People whom a directory deactivated or deleted: no sign-in and no exchange, until it provisions them again.
CREATE TABLE inactive_people (
    issuer_id TEXT NOT NULL REFERENCES federation_issuers (id),
    subject_hash TEXT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (issuer_id, subject_hash)
);
