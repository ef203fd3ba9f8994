-- Which notice of an approaching end was given: each once, whoever asks.
CREATE TABLE expiry_notices (
    subject TEXT NOT NULL,
    not_after_ms BIGINT NOT NULL,
    days BIGINT NOT NULL,
    noticed_at_ms BIGINT NOT NULL,
    PRIMARY KEY (subject, not_after_ms, days)
);

CREATE INDEX expiry_notices_ahead ON expiry_notices (not_after_ms);

-- Where an organization wants to hear of them. The secret signs what is sent; it is shown once.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    url TEXT NOT NULL,
    allowed_targets TEXT NOT NULL,
    ca_pem TEXT,
    sealed_secret BLOB,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX webhooks_of_organization ON webhooks (organization_id, ordinal);

-- What is to be sent, and what became of it.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id),
    event TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    last_error TEXT,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_ms) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of ON webhook_deliveries (webhook_id, created_at_ms);
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (done_at_ms) WHERE state <> 'pending';
