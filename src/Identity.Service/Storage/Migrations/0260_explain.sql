-- Denials of both kinds are found here, by what people ask for; a proven one is also a chain entry, which has its
-- claims. The trace says what the evaluation looked at.
ALTER TABLE federation_refusals ADD COLUMN proven BIGINT NOT NULL DEFAULT 0;
ALTER TABLE federation_refusals ADD COLUMN rule_version BIGINT;
ALTER TABLE federation_refusals ADD COLUMN service_account_id TEXT;
ALTER TABLE federation_refusals ADD COLUMN subject TEXT;
ALTER TABLE federation_refusals ADD COLUMN trace TEXT;

CREATE INDEX federation_refusals_of_rule ON federation_refusals (organization_id, rule_id, ordinal);
CREATE INDEX federation_refusals_of_reason ON federation_refusals (organization_id, reason, ordinal);
