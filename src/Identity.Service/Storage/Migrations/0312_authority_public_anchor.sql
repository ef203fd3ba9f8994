-- Somebody asked for an anchor that the whole machine trusts; the approval covers that.
ALTER TABLE certificate_authorities ADD COLUMN public_anchor BIGINT NOT NULL DEFAULT 0;
