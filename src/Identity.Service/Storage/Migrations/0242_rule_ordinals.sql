-- The next ordinal is one more than the largest: found at the index's end, not by reading the table.
CREATE INDEX federation_rules_by_ordinal ON federation_rules (ordinal);
