-- expand
-- Answers that could not be judged, since the last message to webhooks about them.
ALTER TABLE route_owners ADD COLUMN unfit_answers BIGINT NOT NULL DEFAULT 0;
-- 0 = no message was sent.
ALTER TABLE route_owners ADD COLUMN noticed_unfit_at_ms BIGINT NOT NULL DEFAULT 0;
