-- Challenges of certificate authorities that agents are about to answer; gone soon after their end.
CREATE TABLE acme_challenges (
    id TEXT NOT NULL PRIMARY KEY,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    -- One at a time: a challenge certificate speaks for one key authorization.
    name TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

-- Agents and edges that hold it.
CREATE TABLE acme_challenge_holders (
    challenge_id TEXT NOT NULL REFERENCES acme_challenges (id),
    holder TEXT NOT NULL,
    PRIMARY KEY (challenge_id, holder)
);
