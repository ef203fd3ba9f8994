-- Authorities from before there were lists publish theirs under the public URL, divided as new ones are by default.
INSERT INTO revocation_points (ca_id, shards, base_url, created_at_ms)
SELECT id, 128, '', created_at_ms FROM certificate_authorities WHERE 1 = 1 ON CONFLICT (ca_id) DO NOTHING;

INSERT INTO revocation_lists (ca_id, shard, number, wanted, built, this_update_ms, next_update_ms, entries)
WITH RECURSIVE numbers (n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < 127)
SELECT p.ca_id, numbers.n, 0, 1, 0, 0, 0, 0 FROM revocation_points p, numbers WHERE numbers.n < p.shards
ON CONFLICT (ca_id, shard) DO NOTHING;
