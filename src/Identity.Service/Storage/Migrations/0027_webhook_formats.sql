-- expand
-- standard: messages as in Standard Webhooks; security_event_token: tokens of RFC 8417.
ALTER TABLE webhooks ADD COLUMN format TEXT NOT NULL DEFAULT 'standard';

-- The aud of its tokens; null for the other format.
ALTER TABLE webhooks ADD COLUMN audience TEXT;
