-- A list is made from its index alone: looking up the row of each of a million revocations took most of the time.
DROP INDEX certificates_listed;
CREATE INDEX certificates_listed
    ON certificates (ca_id, crl_shard, serial, revoked_at_ms, revocation_reason, not_after_ms)
    WHERE revoked_at_ms IS NOT NULL;

-- Feeds tell of machines' certificates alone, however many others are revoked.
DROP INDEX certificates_refused;
CREATE INDEX certificates_refused ON certificates (not_after_ms)
    WHERE revoked_at_ms IS NOT NULL AND (enrollment_id IS NOT NULL OR edge_id IS NOT NULL);
