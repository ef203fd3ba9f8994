-- expand
-- 1: a signed message of the receiver approves and rejects calls.
ALTER TABLE webhooks ADD COLUMN can_decide BIGINT NOT NULL DEFAULT 0;

-- Who registered it, and was shown its secret: the two count as one person. Null for webhooks that cannot decide.
ALTER TABLE webhooks ADD COLUMN created_by TEXT;
