-- The last report of each agent instance; bookkeeping, not history.
CREATE TABLE agent_reports (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    instance_id TEXT NOT NULL,
    reported_at_ms BIGINT NOT NULL,
    -- Serial of the certificate that the report came in by.
    peer_serial TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tunnel_id, instance_id)
);
