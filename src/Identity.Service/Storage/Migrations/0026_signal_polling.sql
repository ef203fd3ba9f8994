-- expand
-- Where the service polls the stream's tokens (RFC 8936); null = the transmitter pushes them.
ALTER TABLE signal_streams ADD COLUMN poll_url TEXT;
-- The bearer token for poll_url; null = none.
ALTER TABLE signal_streams ADD COLUMN sealed_poll_token BLOB;
-- Before then no node polls: another one does, or the transmitter failed.
ALTER TABLE signal_streams ADD COLUMN next_poll_at_ms BIGINT NOT NULL DEFAULT 0;
-- When a poll last succeeded; null = none did.
ALTER TABLE signal_streams ADD COLUMN last_polled_at_ms BIGINT;
-- Since the last success.
ALTER TABLE signal_streams ADD COLUMN poll_failures BIGINT NOT NULL DEFAULT 0;
-- Null after a success.
ALTER TABLE signal_streams ADD COLUMN last_poll_failure TEXT;
