-- expand
-- When a list that a caller got last had the name; 0 = never, or the agent does not report it.
ALTER TABLE tunnel_inventory ADD COLUMN last_shown_at_ms BIGINT NOT NULL DEFAULT 0;
