-- expand
-- What answer rules did to the answers of a name's calls, as agents report it.
ALTER TABLE tunnel_inventory ADD COLUMN answers_judged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tunnel_inventory ADD COLUMN rows_crossed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tunnel_inventory ADD COLUMN rows_kept_inside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tunnel_inventory ADD COLUMN values_removed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tunnel_inventory ADD COLUMN answers_withheld BIGINT NOT NULL DEFAULT 0;
