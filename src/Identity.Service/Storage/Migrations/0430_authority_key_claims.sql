-- Who is making the key of a draft: of two nodes that are asked at once, one makes it under the label in the token.
ALTER TABLE certificate_authorities ADD COLUMN key_claim TEXT;
ALTER TABLE certificate_authorities ADD COLUMN key_claim_until_ms BIGINT;
