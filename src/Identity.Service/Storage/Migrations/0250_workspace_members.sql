-- Explicit memberships alone; that of the default workspace, which every service account has, is implied.
CREATE TABLE workspace_members (
    ordinal BIGINT NOT NULL,
    service_account_id TEXT NOT NULL REFERENCES service_accounts (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    workspace_role TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (service_account_id, workspace_id)
);

CREATE INDEX workspace_members_of_workspace ON workspace_members (workspace_id, ordinal);

CREATE UNIQUE INDEX workspace_names ON workspaces (organization_id, name);

-- Until now managing tunnels took no role: whoever a live rule lets do it keeps it.
INSERT INTO workspace_members (ordinal, service_account_id, workspace_id, workspace_role, created_at_ms, created_by)
SELECT MIN(r.ordinal), r.service_account_id, w.id, 'workspace_developer', MIN(r.created_at_ms), MIN(r.created_by)
FROM federation_rules r
JOIN workspaces w ON w.organization_id = r.organization_id
WHERE r.archived_at_ms IS NULL
    AND (' ' || r.oauth_scope || ' ') LIKE '% workspace:manage_tunnels %'
    AND (
        r.applies_to_all_workspaces = 1
        OR EXISTS (SELECT 1 FROM federation_rule_workspaces e WHERE e.rule_id = r.id AND e.workspace_id = w.id)
    )
GROUP BY r.service_account_id, w.id;
