-- What was called through a tunnel, as its agents count it: bookkeeping, not history.
CREATE TABLE tunnel_inventory (
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    route TEXT NOT NULL,
    -- tool, prompt, resource or method.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    allowed BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    would_deny BIGINT NOT NULL,
    would_refuse BIGINT NOT NULL,
    first_seen_at_ms BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL,
    -- 0 = it only stood in a list.
    last_called_at_ms BIGINT NOT NULL,
    -- Who called last; empty where the agent does not ask.
    last_issuer TEXT NOT NULL,
    last_subject TEXT NOT NULL,
    last_client_id TEXT NOT NULL,
    PRIMARY KEY (tunnel_id, route, kind, name)
);

-- The last part of each agent's counts that is in: one that comes again counts nothing.
CREATE TABLE tunnel_inventory_marks (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    run TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);
