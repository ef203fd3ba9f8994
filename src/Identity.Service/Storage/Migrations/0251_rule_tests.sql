-- The tests of a rule, from the version on that changed them.
CREATE TABLE federation_rule_tests (
    rule_id TEXT NOT NULL REFERENCES federation_rules (id),
    version BIGINT NOT NULL,
    -- The wire's tests, as a JSON array.
    tests TEXT NOT NULL,
    PRIMARY KEY (rule_id, version)
);
