-- Whose key is whose, so that one key never speaks for two identities; and what an issuance was asked for, so that
-- the same question gets the same certificate. Rows from before keep neither.
ALTER TABLE certificates ADD COLUMN spki_sha256 TEXT;
ALTER TABLE certificates ADD COLUMN idempotency_key TEXT;
ALTER TABLE certificates ADD COLUMN request_sha256 TEXT;

CREATE INDEX certificates_of_key ON certificates (spki_sha256);
CREATE UNIQUE INDEX certificates_of_request ON certificates (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX certificates_of_authority ON certificates (ca_id, not_after_ms);
