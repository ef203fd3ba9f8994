-- expand
-- What a person allowed a client at a route. It lives until its refresh token expires, is revoked, or is used twice.
CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    issuer_id TEXT NOT NULL,
    subject_hash TEXT NOT NULL,
    -- Sealed: the subject, the claims of the sign-in, and the key of the refresh tokens.
    sealed_person BLOB NOT NULL,
    client_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    scope TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    family TEXT NOT NULL,
    -- The key that a public client proved with its code (RFC 9449 §5); null = not bound.
    key_thumbprint TEXT,
    -- The number of the refresh token that is valid; 0 = the code has not been redeemed.
    generation BIGINT NOT NULL,
    signed_in_at_ms BIGINT NOT NULL,
    idle_until_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX oauth_grants_of_person ON oauth_grants (organization_id, issuer_id, subject_hash);
CREATE INDEX oauth_grants_idle ON oauth_grants (idle_until_ms);
