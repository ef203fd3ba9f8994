-- Revocation of single certificates. The shard is the revocation list that holds the certificate, fixed when it was
-- revoked; null where its authority publishes none.
ALTER TABLE certificates ADD COLUMN revoked_at_ms BIGINT;
ALTER TABLE certificates ADD COLUMN revocation_reason TEXT;
ALTER TABLE certificates ADD COLUMN crl_shard BIGINT;
-- The day of its end, in days since 1970: what a forecast counts by.
ALTER TABLE certificates ADD COLUMN expires_day BIGINT NOT NULL DEFAULT 0;
UPDATE certificates SET expires_day = not_after_ms / 86400000;

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
-- What lists, feeds and notices read.
CREATE INDEX certificates_listed ON certificates (ca_id, crl_shard, serial) WHERE revoked_at_ms IS NOT NULL;
CREATE INDEX certificates_refused ON certificates (not_after_ms) WHERE revoked_at_ms IS NOT NULL;
CREATE INDEX certificates_long_lived ON certificates (not_after_ms)
    WHERE status = 'issued' AND revoked_at_ms IS NULL AND not_after_ms - not_before_ms >= 604800000;

-- How an authority's lists are divided and where they are fetched. Its certificates bear these addresses, so that a row
-- never changes.
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
