-- expand
-- What happened on each route on each day, as its agents report it: bookkeeping, not history.
CREATE TABLE route_days (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    -- Days since 1970-01-01, in UTC.
    day BIGINT NOT NULL,
    route TEXT NOT NULL,
    calls BIGINT NOT NULL,
    -- Those that were denied or refused.
    denied BIGINT NOT NULL,
    -- Definitions that began to differ from what was approved.
    drifts BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, day, route)
);
