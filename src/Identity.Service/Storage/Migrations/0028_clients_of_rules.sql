-- expand
-- The OAuth clients that a rule for people is limited to, separated by blanks; empty = every client.
ALTER TABLE federation_rules ADD COLUMN client_ids TEXT NOT NULL DEFAULT '';
ALTER TABLE federation_rule_versions ADD COLUMN client_ids TEXT NOT NULL DEFAULT '';
