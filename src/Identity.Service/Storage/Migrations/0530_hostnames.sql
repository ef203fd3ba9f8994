-- Names that clients use for a tunnel beside its own domain.
CREATE TABLE hostnames (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    name TEXT NOT NULL,
    -- pending, active or suspended.
    state TEXT NOT NULL,
    -- The name while it is active, also for a while after its tunnel was archived; null otherwise. Nobody else's then.
    held_name TEXT UNIQUE,
    -- The operator who vouched for it in place of a proof; null = nobody.
    approved_by TEXT,
    created_at_ms BIGINT NOT NULL,
    -- Since when it is active; null = it is not.
    active_at_ms BIGINT,
    -- The last look at its name servers, and what came of it.
    checked_at_ms BIGINT,
    check_result TEXT,
    -- Daily looks in a row that did not find the proof.
    misses BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, name)
);

CREATE INDEX hostnames_by_check ON hostnames (state, checked_at_ms);
