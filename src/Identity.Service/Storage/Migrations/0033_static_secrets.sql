-- expand
-- The static secrets of the last report, as JSON, never their values; null = it had none. Not in the body, because nodes of
-- the version before read that too.
ALTER TABLE agent_reports ADD COLUMN static_secrets TEXT;
-- When the client secret was last set; null for one that was set before this migration.
ALTER TABLE connections ADD COLUMN client_secret_set_at_ms BIGINT;
