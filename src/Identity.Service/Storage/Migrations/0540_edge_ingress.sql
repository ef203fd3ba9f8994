-- How long edges take the tunnel's agents without word from the service; null = each edge's own setting.
ALTER TABLE tunnels ADD COLUMN offline_grace_s BIGINT;
-- The port of its CONNECT ingress, as it last reported it; null = it has none.
ALTER TABLE edges ADD COLUMN connect_port BIGINT;
