-- expand
-- Calls that a rule of an agent's policy lets pass only with a person's approval. An approval is for one call.
CREATE TABLE call_approvals (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    -- SHA-256 over everything that the approval is for, as the agent computes it.
    binding TEXT NOT NULL,
    -- The binding, as long as the row answers for it: until it is used or expired.
    live_binding TEXT,
    -- SHA-256 of issuer, subject and client id of the caller: the bound of pending ones is for each.
    caller_key TEXT NOT NULL,
    -- The description that approvers see, as JSON. Values of arguments are in it only where the rule shows them.
    description TEXT NOT NULL,
    -- How many different people must approve.
    approvers BIGINT NOT NULL,
    -- pending, approved, rejected or used. A row that is past its expiry is expired, whatever is written here.
    state TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    -- The first of two who approved, and which person that is.
    first_by TEXT,
    first_person TEXT,
    first_at_ms BIGINT,
    -- Who decided, and when.
    decided_by TEXT,
    decided_at_ms BIGINT,
    reason TEXT,
    used_at_ms BIGINT
);

CREATE UNIQUE INDEX call_approvals_live ON call_approvals (tunnel_id, live_binding);

CREATE INDEX call_approvals_by_tunnel ON call_approvals (tunnel_id, ordinal);
