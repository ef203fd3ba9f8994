-- When a key was last seen, to the minute; null = never since this column exists.
ALTER TABLE admin_keys ADD COLUMN last_used_at_ms BIGINT;
CREATE INDEX admin_keys_of_organization ON admin_keys (organization_id);
