-- expand
-- Ids of the edges that the tunnel is pinned to, joined by blanks; empty = hashing alone decides.
ALTER TABLE tunnels ADD COLUMN edge_ids TEXT NOT NULL DEFAULT '';

-- How many edges each tunnel is assigned; null = no node has set it yet.
ALTER TABLE installation ADD COLUMN edges_per_tunnel BIGINT;

-- Changes of what decides which edges a tunnel has, for as long as edges that lost tunnels by them continue to serve
-- those.
CREATE TABLE edge_assignment_changes (
    ordinal BIGINT NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    -- The tunnel whose pins changed, or the edge whose standing changed; neither: edges_per_tunnel changed.
    tunnel_id TEXT,
    edge_id TEXT,
    -- What it was before: ids joined by blanks; absent, available or unavailable; a number.
    former TEXT NOT NULL,
    -- 1 = agents have received the order to leave the edges that lost their tunnel by
    -- this change.
    agents_left BIGINT NOT NULL DEFAULT 0
);
