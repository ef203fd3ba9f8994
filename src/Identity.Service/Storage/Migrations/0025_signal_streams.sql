-- expand
-- Where transmitters of identity providers push security event tokens. No row contains a secret: the tokens are signed.
CREATE TABLE signal_streams (
    issuer_id TEXT NOT NULL PRIMARY KEY REFERENCES federation_issuers (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- The exact iss of its tokens.
    transmitter_issuer TEXT NOT NULL,
    jwks_uri TEXT NOT NULL,
    audience TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    -- When the last token was accepted; null = none was.
    last_received_at_ms BIGINT
);
