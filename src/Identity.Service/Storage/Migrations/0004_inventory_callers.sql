-- expand
-- Who called which name through a tunnel, as its agents count it: bookkeeping, not history.
CREATE TABLE tunnel_callers (
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    -- SHA-256 of route, kind, name, issuer, subject and client id: together they may be longer than an index entry.
    entry_key TEXT NOT NULL,
    -- SHA-256 of route, issuer, subject and client id.
    caller_key TEXT NOT NULL,
    -- Counts the rows of the tunnel from 1: the bound, which a count of them would be slow to check.
    place BIGINT NOT NULL,
    route TEXT NOT NULL,
    -- tool, prompt, resource or method.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Empty where the route does not authenticate its callers; (other) for those beyond the agent's limits.
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL,
    calls BIGINT NOT NULL,
    -- Those that were denied or refused.
    denied BIGINT NOT NULL,
    first_called_at_ms BIGINT NOT NULL,
    last_called_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, entry_key)
);

CREATE UNIQUE INDEX tunnel_callers_places ON tunnel_callers (tunnel_id, place);

CREATE INDEX tunnel_callers_by_caller ON tunnel_callers (tunnel_id, caller_key);

-- Every route that an agent of the tunnel reported, with the person or team that answers for the server behind it.
CREATE TABLE route_owners (
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    route TEXT NOT NULL,
    first_seen_at_ms BIGINT NOT NULL,
    -- Empty = no owner is set.
    owner TEXT NOT NULL DEFAULT '',
    -- Who set the owner last, and when; null = it was never set.
    owner_changed_by TEXT,
    owner_changed_at_ms BIGINT,
    -- The last attestation; null = there was none.
    attested_at_ms BIGINT,
    attested_by TEXT,
    note TEXT,
    -- The newest name of the route at the attestation, by its ordinal: names up to it are sanctioned, later ones not.
    -- The agent's clock has no part in it.
    attested_ordinal BIGINT NOT NULL DEFAULT 0,
    -- For which due time the notice was given; 0 = none was.
    noticed_due_at_ms BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tunnel_id, route)
);

-- Routes that are known already are not new.
INSERT INTO route_owners (ordinal, tunnel_id, route, first_seen_at_ms)
SELECT MIN(ordinal), tunnel_id, route, MIN(first_seen_at_ms) FROM tunnel_inventory GROUP BY tunnel_id, route;
