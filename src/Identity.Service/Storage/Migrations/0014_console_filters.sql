-- expand
-- Filters of the console's lists that people keep under a name. Each person sees their own.
CREATE TABLE console_filters (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- The id of the person or of the admin key, as the audit has it.
    actor_id TEXT NOT NULL,
    -- Which list, by the name of its page.
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    -- As in the address of the page.
    query TEXT NOT NULL,
    PRIMARY KEY (organization_id, actor_id, page, name)
);
