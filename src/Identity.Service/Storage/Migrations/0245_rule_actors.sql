-- Service accounts that may act for the subjects of a rule, separated by spaces.
ALTER TABLE federation_rules ADD COLUMN actor_ids TEXT NOT NULL DEFAULT '';
ALTER TABLE federation_rule_versions ADD COLUMN actor_ids TEXT NOT NULL DEFAULT '';
