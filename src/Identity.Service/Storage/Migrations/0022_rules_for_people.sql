-- expand
-- Rules for people, and scopes of routes instead of scopes of the service.
ALTER TABLE federation_rules ADD COLUMN subject_type TEXT NOT NULL DEFAULT 'workload';
-- Separated by blanks; empty = the rule grants scopes of the service.
ALTER TABLE federation_rules ADD COLUMN route_scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE federation_rule_versions ADD COLUMN subject_type TEXT NOT NULL DEFAULT 'workload';
ALTER TABLE federation_rule_versions ADD COLUMN route_scopes TEXT NOT NULL DEFAULT '';
