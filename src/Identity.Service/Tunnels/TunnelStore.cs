using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Changes are statements for the caller's decision; each documents its <see cref="TunnelConflict"/>s.</summary>
internal sealed class TunnelStore(Database database)
{
    private const string Columns =
        "id AS Id, ordinal AS Ordinal, organization_id AS OrganizationId, workspace_id AS WorkspaceId, "
        + "display_name AS DisplayName, domain AS Domain, created_at_ms AS CreatedAt, archived_at_ms AS ArchivedAt, "
        + "revision AS Revision, client_source_ranges AS ClientSourceRanges, agent_source_ranges AS AgentSourceRanges, "
        + "client_range_sets AS ClientRangeSets, limit_max_connections AS LimitMaxConnections, "
        + "limit_new_connections AS LimitNewConnections, limit_bytes_per_second AS LimitBytesPerSecond, "
        + "limit_open_streams AS LimitOpenStreams, affinity AS Affinity, "
        + "offline_grace_s AS OfflineGraceSeconds, public_port AS PublicPort, paused_at_ms AS PausedAt, "
        + "allow_tunnel_token AS AllowTunnelToken, edge_ids AS EdgeIds, bundle_epoch AS BundleEpoch, token_id AS TokenId";

    public ValueTask<Tunnel?> FindAsync(string tunnelId, CancellationToken cancellationToken) =>
        SingleAsync($"SELECT {Columns} FROM tunnels WHERE id = @tunnelId", new { tunnelId }, cancellationToken);

    /// <summary>The unarchived tunnel whose current token has that SHA-256.</summary>
    public ValueTask<Tunnel?> FindByTokenAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        SingleAsync(
            $"SELECT {Columns} FROM tunnels WHERE token_hash = @tokenHash AND archived_at_ms IS NULL",
            new { tokenHash },
            cancellationToken
        );

    /// <summary>The tunnel that a request with that fingerprint created at or after <paramref name="since"/>.</summary>
    public ValueTask<Tunnel?> FindCreatedAsync(
        byte[] fingerprint,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        SingleAsync(
            $"SELECT {Columns} FROM tunnels WHERE create_fingerprint = @fingerprint AND created_at_ms >= @since "
                + "ORDER BY ordinal DESC LIMIT 1",
            new { fingerprint, since = since.ToStore() },
            cancellationToken
        );

    /// <summary>Newest first, one more than the page's size if there are more; null workspace = all.</summary>
    public async ValueTask<IReadOnlyList<Tunnel>> ListAsync(
        string organizationId,
        string? workspaceId,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<TunnelRow>(
            $"SELECT {Columns} FROM tunnels WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@workspaceId IS NULL OR workspace_id = @workspaceId) "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                workspaceId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToTunnel())];
    }

    /// <summary>Of all organizations: unarchived, or archived at or after <paramref name="archivedSince"/>.</summary>
    public async ValueTask<IReadOnlyList<Tunnel>> ListForEdgesAsync(
        DateTimeOffset archivedSince,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<TunnelRow>(
            $"SELECT {Columns} FROM tunnels WHERE archived_at_ms IS NULL OR archived_at_ms >= @Since "
                + "ORDER BY ordinal",
            new { Since = archivedSince.ToStore() },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToTunnel())];
    }

    public async ValueTask<byte[]?> SealedTokenAsync(TunnelId id, CancellationToken cancellationToken)
    {
        return await database.SingleOrDefaultAsync<byte[]?>(
            "SELECT token_sealed FROM tunnels WHERE id = @Value",
            new { id.Value },
            cancellationToken
        );
    }

    /// <summary>
    /// Conflicts: <see cref="TunnelConflict.LimitReached"/>, and with <paramref name="retryOfSince"/> <see
    /// cref="TunnelConflict.AlreadyCreated"/>.
    /// </summary>
    public IReadOnlyList<Statement> Insert(
        Tunnel tunnel,
        TunnelSecret secret,
        byte[] fingerprint,
        int limit,
        DateTimeOffset? retryOfSince
    )
    {
        // Locks the organization's row in a database with several writers: count and check become one step.
        var guard = new Statement(
            "UPDATE organizations SET name = name WHERE id = @OrganizationId AND NOT EXISTS (SELECT 1 FROM tunnels "
                + "WHERE create_fingerprint = @fingerprint AND created_at_ms >= @Since)",
            new
            {
                tunnel.OrganizationId,
                fingerprint,
                Since = retryOfSince?.ToStore() ?? long.MaxValue,
            }
        ).ExpectingOne(TunnelConflict.AlreadyCreated);
        var insert = new Statement(
            "INSERT INTO tunnels (id, ordinal, organization_id, workspace_id, display_name, domain, created_at_ms, "
                + "revision, client_source_ranges, agent_source_ranges, allow_tunnel_token, bundle_epoch, token_id, "
                + "token_hash, token_sealed, create_fingerprint, public_port) "
                + "SELECT @Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM tunnels), @OrganizationId, @WorkspaceId, "
                + "@DisplayName, @Domain, @CreatedAt, @Revision, @ClientSourceRanges, @AgentSourceRanges, "
                + "@AllowTunnelToken, @BundleEpoch, @TokenId, @TokenHash, @TokenSealed, @fingerprint, "
                + "(SELECT public_port FROM edges WHERE archived_at_ms IS NULL AND public_port IS NOT NULL "
                + "ORDER BY created_at_ms, id LIMIT 1) "
                + "WHERE (SELECT COUNT(*) FROM tunnels WHERE organization_id = @OrganizationId "
                + "AND archived_at_ms IS NULL) < @limit",
            new
            {
                Id = tunnel.Id.Value,
                tunnel.OrganizationId,
                tunnel.WorkspaceId,
                tunnel.DisplayName,
                tunnel.Domain,
                CreatedAt = tunnel.CreatedAt.ToStore(),
                tunnel.Revision,
                ClientSourceRanges = TextList.Join(tunnel.ClientSourceRanges),
                AgentSourceRanges = TextList.Join(tunnel.AgentSourceRanges),
                AllowTunnelToken = tunnel.AllowTunnelToken ? 1L : 0L,
                tunnel.BundleEpoch,
                TokenId = secret.Id.Value,
                TokenHash = secret.Hash,
                TokenSealed = secret.Sealed,
                fingerprint,
                limit,
            }
        ).ExpectingOne(TunnelConflict.LimitReached);
        return [guard, insert];
    }

    /// <summary>Conflicts: <see cref="TunnelConflict.Stale"/>, <see cref="TunnelConflict.UnknownRangeSet"/>.</summary>
    public IReadOnlyList<Statement> UpdateSettings(Tunnel changed, long expectedRevision) =>
        [
            .. changed.ClientRangeSets.Select(name =>
                new Statement(
                    "UPDATE client_range_sets SET name = name WHERE organization_id = @OrganizationId AND name = @name",
                    new { changed.OrganizationId, name }
                ).ExpectingOne(TunnelConflict.UnknownRangeSet)
            ),
            WriteSettings(changed, expectedRevision),
        ];

    /// <summary>Raises the revision; <see cref="TunnelConflict.Stale"/> if already in that state or archived.</summary>
    public Statement SetPaused(TunnelId id, DateTimeOffset? at) =>
        new Statement(
            "UPDATE tunnels SET paused_at_ms = @At, revision = revision + 1 WHERE id = @Id AND archived_at_ms IS NULL "
                + "AND ((@Pause = 1 AND paused_at_ms IS NULL) OR (@Pause = 0 AND paused_at_ms IS NOT NULL))",
            new
            {
                Id = id.Value,
                At = at.ToStore(),
                Pause = at is null ? 0L : 1L,
            }
        ).ExpectingOne(TunnelConflict.Stale);

    private static Statement WriteSettings(Tunnel changed, long expectedRevision) =>
        new Statement(
            "UPDATE tunnels SET display_name = @DisplayName, client_source_ranges = @ClientSourceRanges, "
                + "agent_source_ranges = @AgentSourceRanges, allow_tunnel_token = @AllowTunnelToken, "
                + "client_range_sets = @ClientRangeSets, edge_ids = @EdgeIds, limit_max_connections = @MaxConnections, "
                + "limit_new_connections = @NewConnections, limit_bytes_per_second = @BytesPerSecond, "
                + "limit_open_streams = @OpenStreams, affinity = @Affinity, "
                + "offline_grace_s = @OfflineGraceSeconds, public_port = COALESCE(@PublicPort, public_port), revision = revision + 1 "
                + "WHERE id = @Id AND revision = @expectedRevision AND archived_at_ms IS NULL",
            new
            {
                Id = changed.Id.Value,
                changed.DisplayName,
                ClientSourceRanges = TextList.Join(changed.ClientSourceRanges),
                AgentSourceRanges = TextList.Join(changed.AgentSourceRanges),
                AllowTunnelToken = changed.AllowTunnelToken ? 1L : 0L,
                ClientRangeSets = TextList.Join(changed.ClientRangeSets),
                EdgeIds = TextList.Join(changed.EdgeIds),
                MaxConnections = (long?)changed.Limits.MaxConnections,
                changed.Limits.NewConnections,
                changed.Limits.BytesPerSecond,
                OpenStreams = (long?)changed.Limits.OpenStreams,
                changed.Affinity,
                OfflineGraceSeconds = (long?)changed.OfflineGraceSeconds,
                PublicPort = (long?)changed.PublicPort,
                expectedRevision,
            }
        ).ExpectingOne(TunnelConflict.Stale);

    /// <summary>Stores the port that an edge reported for every tunnel that has none yet.</summary>
    public Statement SetFirstPublicPort(int port) =>
        new(
            "UPDATE tunnels SET public_port = @port WHERE public_port IS NULL AND archived_at_ms IS NULL",
            new { port }
        );

    /// <summary>Archives it and its certificates, and deletes the token; <see cref="TunnelConflict.Stale"/>.</summary>
    public IReadOnlyList<Statement> Archive(TunnelId id, DateTimeOffset at)
    {
        var parameters = new { Id = id.Value, At = at.ToStore() };
        return
        [
            new Statement(
                "UPDATE tunnels SET archived_at_ms = @At, token_hash = NULL, token_sealed = NULL, "
                    + "bundle_epoch = bundle_epoch + 1 WHERE id = @Id AND archived_at_ms IS NULL",
                parameters
            ).ExpectingOne(TunnelConflict.Stale),
            new Statement(
                "UPDATE registered_certificates SET archived_at_ms = @At, occupies_slot = 0, pending = NULL, "
                    + "requested_by = NULL, requested_person = NULL, removed_epoch = CASE WHEN added_at_ms IS NULL THEN NULL "
                    + "ELSE (SELECT bundle_epoch FROM tunnels WHERE id = @Id) END "
                    + "WHERE tunnel_id = @Id AND archived_at_ms IS NULL",
                parameters
            ),
        ];
    }

    /// <summary>Replaces the token; <see cref="TunnelConflict.Stale"/> if archived in the meantime.</summary>
    public Statement ReplaceToken(TunnelId id, TunnelSecret secret) =>
        new Statement(
            "UPDATE tunnels SET token_id = @TokenId, token_hash = @Hash, token_sealed = @Sealed "
                + "WHERE id = @Id AND archived_at_ms IS NULL",
            new
            {
                Id = id.Value,
                TokenId = secret.Id.Value,
                secret.Hash,
                secret.Sealed,
            }
        ).ExpectingOne(TunnelConflict.Stale);

    public Statement RaiseBundleEpoch(TunnelId id) =>
        new("UPDATE tunnels SET bundle_epoch = bundle_epoch + 1 WHERE id = @Id", new { Id = id.Value });

    private async ValueTask<Tunnel?> SingleAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        var row = await database.SingleOrDefaultAsync<TunnelRow>(sql, parameters, cancellationToken);
        return row?.ToTunnel();
    }
}
