-- expand
-- What each tunnel served in each of the last minutes, as its agents report it: bookkeeping, not history.
CREATE TABLE tunnel_minutes (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    -- Minutes since 1970-01-01, in UTC.
    minute BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    -- Those that were denied or refused.
    denied BIGINT NOT NULL,
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    -- Calls by duration: at most 5, 10, 25, 50, 100, 250, 500, 1000 and 5000 ms, and longer.
    took_0 BIGINT NOT NULL,
    took_1 BIGINT NOT NULL,
    took_2 BIGINT NOT NULL,
    took_3 BIGINT NOT NULL,
    took_4 BIGINT NOT NULL,
    took_5 BIGINT NOT NULL,
    took_6 BIGINT NOT NULL,
    took_7 BIGINT NOT NULL,
    took_8 BIGINT NOT NULL,
    took_9 BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, minute)
);
