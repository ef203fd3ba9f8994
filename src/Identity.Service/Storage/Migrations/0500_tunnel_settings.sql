-- Names of the organization's range sets that clients may come from, besides the tunnel's own ranges.
ALTER TABLE tunnels ADD COLUMN client_range_sets TEXT NOT NULL DEFAULT '';
-- What the tunnel may use of each edge; null = the edge's own default.
ALTER TABLE tunnels ADD COLUMN limit_max_connections BIGINT;
ALTER TABLE tunnels ADD COLUMN limit_new_connections TEXT;
ALTER TABLE tunnels ADD COLUMN limit_bytes_per_second BIGINT;
ALTER TABLE tunnels ADD COLUMN limit_open_streams BIGINT;
ALTER TABLE tunnels ADD COLUMN affinity TEXT NOT NULL DEFAULT 'hostname';
-- Since when edges refuse its clients; null = they do not.
ALTER TABLE tunnels ADD COLUMN paused_at_ms BIGINT;

CREATE TABLE client_range_sets (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    ranges TEXT NOT NULL,
    -- Counts changes, from 1.
    revision BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

-- Whose certificates open the CONNECT ingress for a tunnel.
CREATE TABLE client_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    fingerprint TEXT NOT NULL,
    -- Tunnel and fingerprint while unarchived, null afterwards: unique among the living only.
    live_key TEXT UNIQUE,
    certificate_pem TEXT NOT NULL,
    identities TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX client_authorities_of_tunnel ON client_authorities (tunnel_id, ordinal);

-- How often an operator has disconnected an agent instance; edges end the connections that are older than the last time.
CREATE TABLE agent_disconnects (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);

-- Since when an edge sends its agents and clients elsewhere; null = it serves.
ALTER TABLE edges ADD COLUMN draining_at_ms BIGINT;
