using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Issuers;

internal sealed class IssuerStore(Database database)
    : StampedStore<IssuerStore.Row, Issuer>(database, Table, row => row.ToIssuer())
{
    private static readonly Columns<Row> Table = new("federation_issuers");

    /// <summary>Unarchived issuers of all organizations, the newest first.</summary>
    public async ValueTask<IReadOnlyList<Issuer>> LiveAsync(int count, CancellationToken cancellationToken) =>
        [
            .. (
                await QueryAsync(
                    " WHERE archived_at_ms IS NULL ORDER BY ordinal DESC LIMIT @count",
                    new { count },
                    cancellationToken
                )
            ).Select(row => row.Value),
        ];

    /// <summary><see cref="FederationErrors.NameTaken"/> when the name is in use.</summary>
    public Statement Insert(Issuer issuer) =>
        Table.Insert(Row.Create(issuer)).Unique(FederationErrors.NameTaken.Refuse());

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationErrors.Changed"/> if the store has another one,
    /// <see cref="FederationErrors.NameTaken"/> if the name is in use.
    /// </summary>
    public Statement Update(Issuer issuer) =>
        UpdateLive(Row.Create(issuer)).Unique(FederationErrors.NameTaken.Refuse());

    /// <summary>As <see cref="Update"/>; <see cref="FederationErrors.InUse"/> while a live rule refers to it.</summary>
    public IReadOnlyList<Statement> Archive(Issuer issuer) =>
        [
            // Updates a row only if no other record needs it: the number of updated rows is the check.
            new Statement(
                "UPDATE federation_issuers SET version = version WHERE id = @Id AND NOT EXISTS "
                    + "(SELECT 1 FROM federation_rules WHERE issuer_id = @Id AND archived_at_ms IS NULL)",
                new { Id = issuer.Id.Value }
            ).ExpectingOne(FederationErrors.InUse.Refuse()),
            Update(issuer),
        ];

    internal sealed record Row : StampColumns
    {
        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string IssuerUrl { get; init; }

        public required string Jwks { get; init; }

        /// <summary>Nothing reads it; a service of the version before does.</summary>
        public long CheckJti { get; init; }

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

        public static Row Create(Issuer issuer) =>
            new()
            {
                Id = issuer.Id.Value,
                OrganizationId = issuer.OrganizationId,
                Name = issuer.Name,
                IssuerUrl = issuer.Url,
                Jwks = issuer.KeySource.ToJson(),
                CheckJti = Number(issuer.CheckJti),
                MaxJwtLifetimeSeconds = issuer.MaxJwtLifetimeSeconds,
                AllowedTargets = string.Join(' ', issuer.AllowedTargets),
                Preset = issuer.Preset,
                Tenancy = WireNames.Get(issuer.Tenancy),
                ReplayMode = WireNames.Get(issuer.ReplayMode),
                ReplayWindowSeconds = issuer.ReplayWindowSeconds,
                Algorithms = string.Join(' ', AlgorithmNames.GetNames(issuer.Algorithms)),
                Types = string.Join(' ', issuer.Types),
                SingleAudience = Number(issuer.SingleAudience),
                AllowMissingKid = Number(issuer.AllowMissingKid),
                AllowNonAscii = Number(issuer.AllowNonAscii),
                CallerDetail = WireNames.Get(issuer.CallerDetail),
                StaleOkSeconds = issuer.StaleOkSeconds,
                HardExpirySeconds = issuer.HardExpirySeconds,
                Version = issuer.Version,
                Stamps = issuer.Stamps,
            };

        public Issuer ToIssuer() =>
            new()
            {
                Id = IssuerId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Url = IssuerUrl,
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
                Stamps = Stamps,
            };

        private static long Number(bool flag) => flag ? 1L : 0L;

        private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
