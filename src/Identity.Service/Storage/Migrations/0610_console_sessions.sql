-- Sessions of people in the console. The cookie itself is nowhere but in the browser.
CREATE TABLE console_sessions (
    -- SHA-256 of the cookie.
    token_hash BLOB NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- The key it was opened with, which must still hold; null = the identity provider's word.
    admin_key_id TEXT,
    issuer TEXT,
    subject TEXT,
    -- What the person is called; shown, never decided by.
    name TEXT NOT NULL,
    -- Roles that the provider's claims gave, separated by spaces; empty for admin keys.
    roles TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- When key or provider last said that it still holds.
    proven_at_ms BIGINT NOT NULL,
    -- To the minute.
    used_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX console_sessions_expiry ON console_sessions (expires_at_ms);
