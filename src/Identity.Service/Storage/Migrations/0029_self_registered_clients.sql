-- expand
-- administrator, or client: the program registered itself (RFC 7591).
ALTER TABLE oauth_clients ADD COLUMN registered_by TEXT NOT NULL DEFAULT 'administrator';

-- When a person last allowed the client a route; null = never.
ALTER TABLE oauth_clients ADD COLUMN last_sign_in_at_ms BIGINT;

CREATE INDEX oauth_clients_by_registrar ON oauth_clients (organization_id, registered_by, archived_at_ms);
