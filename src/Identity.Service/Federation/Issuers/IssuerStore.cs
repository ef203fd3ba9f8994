using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed class IssuerStore(Database database)
{
    private const string Select =
        "SELECT id AS Id, organization_id AS OrganizationId, name AS Name, issuer_url AS Url, jwks AS Jwks, "
        + "max_jwt_lifetime_seconds AS MaxJwtLifetimeSeconds, allowed_targets AS AllowedTargets, "
        + "preset AS Preset, tenancy AS Tenancy, replay_mode AS ReplayMode, "
        + "replay_window_seconds AS ReplayWindowSeconds, algorithms AS Algorithms, types AS Types, "
        + "single_audience AS SingleAudience, allow_missing_kid AS AllowMissingKid, "
        + "allow_non_ascii AS AllowNonAscii, caller_detail AS CallerDetail, stale_ok_seconds AS StaleOkSeconds, "
        + "hard_expiry_seconds AS HardExpirySeconds, "
        + StampColumns.Select
        + " FROM federation_issuers";

    /// <summary>Null if unknown or of another organization; includes archived issuers.</summary>
    public async ValueTask<Issuer?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            Select + " WHERE organization_id = @organizationId AND id = @id",
            new { organizationId, id },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    public async ValueTask<IReadOnlyList<Numbered<Issuer>>> ListAsync(
        string organizationId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            Select
                + " WHERE organization_id = @organizationId AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>Of all organizations, including archived issuers.</summary>
    public async ValueTask<IReadOnlyList<Issuer>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Select, null, cancellationToken)).Select(row => row.Value)];

    /// <summary>Unarchived issuers of all organizations, newest first.</summary>
    public async ValueTask<IReadOnlyList<Issuer>> LiveAsync(int count, CancellationToken cancellationToken) =>
        [
            .. (
                await QueryAsync(
                    Select + " WHERE archived_at_ms IS NULL ORDER BY ordinal DESC LIMIT @count",
                    new { count },
                    cancellationToken
                )
            ).Select(row => row.Value),
        ];

    /// <summary>The existing issuers with these ids, in any order, including archived ones.</summary>
    public ValueTask<IReadOnlyList<Issuer>> FindManyAsync(
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync(
            ids,
            async some =>
                (
                    await QueryAsync(
                        Select + " WHERE " + database.AnyOf("id", "@some"),
                        new { some },
                        cancellationToken
                    )
                ).Select(row => row.Value)
        );

    /// <summary><see cref="FederationConflict.NameTaken"/> if the name is in use.</summary>
    public Statement Insert(Issuer issuer) =>
        new Statement(
            "INSERT INTO federation_issuers (id, ordinal, organization_id, name, issuer_url, jwks, check_jti, "
                + "max_jwt_lifetime_seconds, allowed_targets, preset, tenancy, replay_mode, replay_window_seconds, "
                + "algorithms, types, single_audience, allow_missing_kid, allow_non_ascii, caller_detail, "
                + "stale_ok_seconds, hard_expiry_seconds, version, created_at_ms, created_by, updated_at_ms, "
                + "updated_by) VALUES (@Id, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM federation_issuers), "
                + "@OrganizationId, @Name, @Url, @Jwks, @CheckJti, @MaxJwtLifetimeSeconds, @AllowedTargets, @Preset, "
                + "@Tenancy, @ReplayMode, @ReplayWindowSeconds, @Algorithms, @Types, @SingleAudience, "
                + "@AllowMissingKid, @AllowNonAscii, @CallerDetail, @StaleOkSeconds, @HardExpirySeconds, @Version, "
                + "@CreatedAt, @CreatedBy, @UpdatedAt, @UpdatedBy)",
            ToParameters(issuer)
        ).Unique(FederationConflict.NameTaken);

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationConflict.Changed"/> if the store has another one,
    /// <see cref="FederationConflict.NameTaken"/> if the name is in use.
    /// </summary>
    public Statement Update(Issuer issuer) =>
        new Statement(
            "UPDATE federation_issuers SET name = @Name, issuer_url = @Url, jwks = @Jwks, check_jti = @CheckJti, "
                + "max_jwt_lifetime_seconds = @MaxJwtLifetimeSeconds, allowed_targets = @AllowedTargets, "
                + "preset = @Preset, tenancy = @Tenancy, replay_mode = @ReplayMode, "
                + "replay_window_seconds = @ReplayWindowSeconds, algorithms = @Algorithms, types = @Types, "
                + "single_audience = @SingleAudience, allow_missing_kid = @AllowMissingKid, "
                + "allow_non_ascii = @AllowNonAscii, caller_detail = @CallerDetail, "
                + "stale_ok_seconds = @StaleOkSeconds, hard_expiry_seconds = @HardExpirySeconds, "
                + "version = @Version, updated_at_ms = @UpdatedAt, updated_by = @UpdatedBy, "
                + "archived_at_ms = @ArchivedAt, archived_by = @ArchivedBy "
                + "WHERE id = @Id AND version = @Version - 1 AND archived_at_ms IS NULL",
            ToParameters(issuer)
        )
            .ExpectingOne(FederationConflict.Changed)
            .Unique(FederationConflict.NameTaken);

    /// <summary>A condition: no rule has changed since that number; <see cref="FederationConflict.Changed"/>.</summary>
    public Statement RequireRulesUnchanged(long sequence) =>
        new Statement(
            "SELECT 1 FROM federation_sequence WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM federation_changes "
                + "WHERE kind = 'federation_rule' AND sequence > @sequence)",
            new { sequence }
        ).ExpectingOne(FederationConflict.Changed);

    /// <summary>As <see cref="Update"/>, and <see cref="FederationConflict.InUse"/> while a live rule refers to it.</summary>
    public IReadOnlyList<Statement> Archive(Issuer issuer) =>
        [
            // Updates a row only if no other record needs it: the number of updated rows is the check.
            new Statement(
                "UPDATE federation_issuers SET version = version WHERE id = @Id AND NOT EXISTS "
                    + "(SELECT 1 FROM federation_rules WHERE issuer_id = @Id AND archived_at_ms IS NULL)",
                new { Id = issuer.Id.Value }
            ).ExpectingOne(FederationConflict.InUse),
            Update(issuer),
        ];

    private static object ToParameters(Issuer issuer) =>
        new
        {
            Id = issuer.Id.Value,
            issuer.OrganizationId,
            issuer.Name,
            issuer.Url,
            Jwks = issuer.KeySource.ToJson(),
            CheckJti = Number(issuer.CheckJti),
            issuer.MaxJwtLifetimeSeconds,
            AllowedTargets = string.Join(' ', issuer.AllowedTargets),
            issuer.Preset,
            Tenancy = WireNames.Of(issuer.Tenancy),
            ReplayMode = WireNames.Of(issuer.ReplayMode),
            issuer.ReplayWindowSeconds,
            Algorithms = string.Join(' ', AlgorithmNames.Of(issuer.Algorithms)),
            Types = string.Join(' ', issuer.Types),
            SingleAudience = Number(issuer.SingleAudience),
            AllowMissingKid = Number(issuer.AllowMissingKid),
            AllowNonAscii = Number(issuer.AllowNonAscii),
            CallerDetail = WireNames.Of(issuer.CallerDetail),
            issuer.StaleOkSeconds,
            issuer.HardExpirySeconds,
            issuer.Version,
            CreatedAt = issuer.Stamps.CreatedAt.ToStore(),
            issuer.Stamps.CreatedBy,
            UpdatedAt = issuer.Stamps.UpdatedAt.ToStore(),
            issuer.Stamps.UpdatedBy,
            ArchivedAt = issuer.Stamps.ArchivedAt.ToStore(),
            issuer.Stamps.ArchivedBy,
        };

    private static long Number(bool flag) => flag ? 1L : 0L;

    private async ValueTask<IReadOnlyList<Numbered<Issuer>>> QueryAsync(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => new Numbered<Issuer>(row.Ordinal, row.ToIssuer()))];
    }

    private sealed record Row : StampColumns
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string Url { get; init; }

        public required string Jwks { get; init; }

        public long MaxJwtLifetimeSeconds { get; init; }

        public required string AllowedTargets { get; init; }

        public string? Preset { get; init; }

        public required string Tenancy { get; init; }

        public required string ReplayMode { get; init; }

        public long ReplayWindowSeconds { get; init; }

        public required string Algorithms { get; init; }

        public required string Types { get; init; }

        public long SingleAudience { get; init; }

        public long AllowMissingKid { get; init; }

        public long AllowNonAscii { get; init; }

        public required string CallerDetail { get; init; }

        public long? StaleOkSeconds { get; init; }

        public long? HardExpirySeconds { get; init; }

        public Issuer ToIssuer() =>
            new()
            {
                Id = IssuerId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Url = Url,
                KeySource = KeySourceReader.FromStore(Jwks),
                MaxJwtLifetimeSeconds = (int)MaxJwtLifetimeSeconds,
                AllowedTargets = [.. Words(AllowedTargets).Select(AllowedTarget.Parse)],
                Preset = Preset,
                Tenancy = WireNames.Parse<IssuerTenancy>(Tenancy),
                ReplayMode = WireNames.Parse<ReplayMode>(ReplayMode),
                ReplayWindowSeconds = (int)ReplayWindowSeconds,
                Algorithms = AlgorithmNames.Read(Words(Algorithms)),
                Types = Words(Types),
                SingleAudience = SingleAudience != 0,
                AllowMissingKid = AllowMissingKid != 0,
                AllowNonAscii = AllowNonAscii != 0,
                CallerDetail = WireNames.Parse<CallerDetail>(CallerDetail),
                StaleOkSeconds = (int?)StaleOkSeconds,
                HardExpirySeconds = (int?)HardExpirySeconds,
                Version = (int)Version,
                Stamps = ToStamps(),
            };

        private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
