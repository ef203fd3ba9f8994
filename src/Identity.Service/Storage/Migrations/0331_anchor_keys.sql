-- The key of a registered certificate, so that no leaf is ever issued for it. Rows from before are filled in at start.
ALTER TABLE registered_certificates ADD COLUMN spki_sha256 TEXT;

CREATE INDEX registered_certificates_of_key ON registered_certificates (spki_sha256);
