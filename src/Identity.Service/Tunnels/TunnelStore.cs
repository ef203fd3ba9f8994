using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Changes are statements for the caller's decision.</summary>
internal sealed class TunnelStore(Database database)
{
    private static readonly Columns<Row> Table = new("tunnels");

    public ValueTask<Tunnel?> FindAsync(string tunnelId, CancellationToken cancellationToken) =>
        SingleAsync(" WHERE id = @tunnelId", new { tunnelId }, cancellationToken);

    /// <summary>The tunnel of an agent's certificate, also an archived one; null if the organization has no such tunnel.</summary>
    public async ValueTask<Tunnel?> FindAsync(MachinePeer agent, CancellationToken cancellationToken) =>
        await FindAsync(agent.TunnelId!, cancellationToken) is { } tunnel
        && tunnel.OrganizationId == agent.OrganizationId
            ? tunnel
            : null;

    /// <summary>The unarchived tunnel whose current token has that SHA-256.</summary>
    public ValueTask<Tunnel?> FindByTokenAsync(byte[] tokenHash, CancellationToken cancellationToken) =>
        SingleAsync(" WHERE token_hash = @tokenHash AND archived_at_ms IS NULL", new { tokenHash }, cancellationToken);

    /// <summary>The tunnel that a request with that fingerprint created at or after <paramref name="since"/>.</summary>
    public ValueTask<Tunnel?> FindCreatedAsync(
        byte[] fingerprint,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) =>
        SingleAsync(
            " WHERE create_fingerprint = @fingerprint AND created_at_ms >= @since ORDER BY ordinal DESC LIMIT 1",
            new { fingerprint, since = since.ToStore() },
            cancellationToken
        );

    /// <summary>Newest first, one more than the page's size if there are more; null workspace = all.</summary>
    public ValueTask<IReadOnlyList<Tunnel>> ListAsync(
        string organizationId,
        string? workspaceId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE organization_id = @organizationId AND ordinal < @Before "
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

    /// <summary>
    /// Lists the tunnels of all organizations that are unarchived, or were archived at or after <paramref
    /// name="archivedSince"/>.
    /// </summary>
    public ValueTask<IReadOnlyList<Tunnel>> ListForEdgesAsync(
        DateTimeOffset archivedSince,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE archived_at_ms IS NULL OR archived_at_ms >= @Since ORDER BY ordinal",
            new { Since = archivedSince.ToStore() },
            cancellationToken
        );

    public async ValueTask<byte[]?> SealedTokenAsync(TunnelId id, CancellationToken cancellationToken)
    {
        return await database.SingleOrDefaultAsync<byte[]?>(
            "SELECT token_sealed FROM tunnels WHERE id = @Value",
            new { id.Value },
            cancellationToken
        );
    }

    /// <summary>Stale if an equal tunnel was created at <paramref name="retryOfSince"/> or later.</summary>
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
        ).ExpectingOne();
        var row = Row.Create(tunnel) with
        {
            TokenHash = secret.Hash,
            TokenSealed = secret.Sealed,
            CreateFingerprint = fingerprint,
            Limit = limit,
        };
        var insert = Table
            .InsertWhere(
                row,
                "(SELECT COUNT(*) FROM tunnels WHERE organization_id = @OrganizationId "
                    + "AND archived_at_ms IS NULL) < @Limit"
            )
            .ExpectingOne(
                TunnelErrors.Limit.Refuse($"Organization already has the maximum of {limit} non-archived Tunnels")
            );
        return [guard, insert];
    }

    /// <summary>Stale if it has another revision, or is archived.</summary>
    public IReadOnlyList<Statement> UpdateSettings(Tunnel changed, long expectedRevision) =>
        [
            .. changed.ClientRangeSets.Select(name =>
                new Statement(
                    "UPDATE client_range_sets SET name = name WHERE organization_id = @OrganizationId AND name = @name",
                    new { changed.OrganizationId, name }
                ).ExpectingOne(TunnelErrors.RangeSetUnknown.Refuse())
            ),
            Table
                .Update(
                    Row.Create(changed) with
                    {
                        Revision = expectedRevision,
                    },
                    "id = @Id AND revision = @Revision AND archived_at_ms IS NULL"
                )
                .ExpectingOne(),
        ];

    /// <summary>Raises the revision; stale if already in that state or archived.</summary>
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
        ).ExpectingOne();

    /// <summary>Stores the port that an edge reported for every tunnel that has none yet.</summary>
    public Statement SetFirstPublicPort(int port) =>
        new(
            "UPDATE tunnels SET public_port = @port WHERE public_port IS NULL AND archived_at_ms IS NULL",
            new { port }
        );

    /// <summary>Archives it and its certificates, and deletes the token; stale if archived already.</summary>
    public static IReadOnlyList<Statement> Archive(TunnelId id, DateTimeOffset at)
    {
        var parameters = new { Id = id.Value, At = at.ToStore() };
        return
        [
            new Statement(
                "UPDATE tunnels SET archived_at_ms = @At, token_hash = NULL, token_sealed = NULL, "
                    + "bundle_epoch = bundle_epoch + 1 WHERE id = @Id AND archived_at_ms IS NULL",
                parameters
            ).ExpectingOne(),
            new Statement(
                "UPDATE registered_certificates SET archived_at_ms = @At, occupies_slot = 0, pending = NULL, "
                    + "requested_by = NULL, requested_person = NULL, removed_epoch = CASE WHEN added_at_ms IS NULL THEN NULL "
                    + "ELSE (SELECT bundle_epoch FROM tunnels WHERE id = @Id) END "
                    + "WHERE tunnel_id = @Id AND archived_at_ms IS NULL",
                parameters
            ),
            new Statement(
                "UPDATE connection_grants SET ended_at_ms = @At, next_attempt_ms = @At, end_reason = 'archived' "
                    + "WHERE ended_at_ms IS NULL AND connection_id IN (SELECT id FROM connections WHERE tunnel_id = @Id)",
                parameters
            ),
        ];
    }

    /// <summary>Replaces the token; refused if archived in the meantime.</summary>
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
        ).ExpectingOne(TunnelErrors.Archived.Refuse());

    /// <summary>A condition: the tunnel allows the same audiences as before, and is not archived.</summary>
    public static Statement RequireAssertionAudiences(Tunnel tunnel) =>
        new(
            "SELECT 1 FROM tunnels WHERE id = @Id AND assertion_audiences = @Audiences AND archived_at_ms IS NULL",
            new { Id = tunnel.Id.Value, Audiences = TextList.Join(tunnel.AssertionAudiences) }
        );

    public Statement RaiseBundleEpoch(TunnelId id) =>
        new("UPDATE tunnels SET bundle_epoch = bundle_epoch + 1 WHERE id = @Id", new { Id = id.Value });

    private async ValueTask<Tunnel?> SingleAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    ) => (await QueryAsync(condition, parameters, cancellationToken)).SingleOrDefault();

    private async ValueTask<IReadOnlyList<Tunnel>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToTunnel())];
    }

    private sealed record Row
    {
        private const string FirstPublicPort =
            "(SELECT public_port FROM edges WHERE archived_at_ms IS NULL AND public_port IS NOT NULL "
            + "ORDER BY created_at_ms, id LIMIT 1)";

        [InsertOnly]
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string WorkspaceId { get; init; }

        public string? DisplayName { get; init; }

        [InsertOnly]
        public required string Domain { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        [InsertOnly]
        public long? ArchivedAtMs { get; init; }

        [Computed(Update = "revision + 1")]
        public long Revision { get; init; }

        public required string ClientSourceRanges { get; init; }

        public required string AgentSourceRanges { get; init; }

        public required string ClientRangeSets { get; init; }

        public long? LimitMaxConnections { get; init; }

        public string? LimitNewConnections { get; init; }

        public long? LimitBytesPerSecond { get; init; }

        public long? LimitOpenStreams { get; init; }

        public required string Affinity { get; init; }

        public long? OfflineGraceS { get; init; }

        [Computed(Insert = FirstPublicPort, Update = "COALESCE(@PublicPort, public_port)")]
        public long? PublicPort { get; init; }

        [InsertOnly]
        public long? PausedAtMs { get; init; }

        public long AllowTunnelToken { get; init; }

        public required string EdgeIds { get; init; }

        public required string AssertionAudiences { get; init; }

        [InsertOnly]
        public long BundleEpoch { get; init; }

        [InsertOnly]
        public required string TokenId { get; init; }

        [InsertOnly, WriteOnly]
        public byte[]? TokenHash { get; init; }

        [InsertOnly, WriteOnly]
        public byte[]? TokenSealed { get; init; }

        [InsertOnly, WriteOnly]
        public byte[]? CreateFingerprint { get; init; }

        /// <summary>The most unarchived tunnels of an organization.</summary>
        [NotMapped]
        public long Limit { get; init; }

        public static Row Create(Tunnel tunnel) =>
            new()
            {
                Id = tunnel.Id.Value,
                OrganizationId = tunnel.OrganizationId,
                WorkspaceId = tunnel.WorkspaceId,
                DisplayName = tunnel.DisplayName,
                Domain = tunnel.Domain,
                CreatedAtMs = tunnel.CreatedAt.ToStore(),
                Revision = tunnel.Revision,
                ClientSourceRanges = TextList.Join(tunnel.ClientSourceRanges),
                AgentSourceRanges = TextList.Join(tunnel.AgentSourceRanges),
                ClientRangeSets = TextList.Join(tunnel.ClientRangeSets),
                LimitMaxConnections = tunnel.Limits.MaxConnections,
                LimitNewConnections = tunnel.Limits.NewConnections,
                LimitBytesPerSecond = tunnel.Limits.BytesPerSecond,
                LimitOpenStreams = tunnel.Limits.OpenStreams,
                Affinity = tunnel.Affinity,
                OfflineGraceS = tunnel.OfflineGraceSeconds,
                PublicPort = tunnel.PublicPort,
                AllowTunnelToken = tunnel.AllowTunnelToken ? 1L : 0L,
                EdgeIds = TextList.Join(tunnel.EdgeIds),
                AssertionAudiences = TextList.Join(tunnel.AssertionAudiences),
                BundleEpoch = tunnel.BundleEpoch,
                TokenId = tunnel.TokenId.Value,
            };

        public Tunnel ToTunnel() =>
            new()
            {
                Id = TunnelId.Wrap(Id),
                Ordinal = Ordinal,
                OrganizationId = OrganizationId,
                WorkspaceId = WorkspaceId,
                DisplayName = DisplayName,
                Domain = Domain,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
                Revision = Revision,
                ClientSourceRanges = TextList.Split(ClientSourceRanges),
                AgentSourceRanges = TextList.Split(AgentSourceRanges),
                ClientRangeSets = TextList.Split(ClientRangeSets),
                Limits = new TunnelLimits(
                    (int?)LimitMaxConnections,
                    LimitNewConnections,
                    LimitBytesPerSecond,
                    (int?)LimitOpenStreams
                ),
                Affinity = Affinity,
                OfflineGraceSeconds = (int?)OfflineGraceS,
                PublicPort = (int?)PublicPort,
                PausedAt = Instants.FromStore(PausedAtMs),
                AllowTunnelToken = AllowTunnelToken != 0,
                EdgeIds = TextList.Split(EdgeIds),
                AssertionAudiences = TextList.Split(AssertionAudiences),
                BundleEpoch = BundleEpoch,
                TokenId = TunnelTokenId.Wrap(TokenId),
            };
    }
}
