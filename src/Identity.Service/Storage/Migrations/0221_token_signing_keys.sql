-- Counts the keys that were ever made. Unique: of several nodes that find the next key due, one makes it.
ALTER TABLE token_signing_keys ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
UPDATE token_signing_keys SET generation = (
    SELECT COUNT(*) FROM token_signing_keys earlier
    WHERE earlier.active_from_ms < token_signing_keys.active_from_ms
        OR (earlier.active_from_ms = token_signing_keys.active_from_ms AND earlier.key_id <= token_signing_keys.key_id)
);
CREATE UNIQUE INDEX token_signing_key_generations ON token_signing_keys (generation);
-- `sealed`: private_key is the sealed key. `pkcs11`: it is the sealed label of the key in the HSM.
ALTER TABLE token_signing_keys ADD COLUMN custody TEXT NOT NULL DEFAULT 'sealed';
