using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Stores grants until they end.</summary>
internal sealed class RefreshGrantStore(Database database, Sealer sealer)
{
    private const string Name = "oauth_grants";
    private static readonly Columns<Row> Table = new(Name);

    public async ValueTask<RefreshGrant?> FindAsync(
        string organizationId,
        string id,
        CancellationToken cancellationToken
    )
    {
        var row = await database.SingleOrDefaultAsync<Row>(
            Table.Select + " WHERE organization_id = @organizationId AND id = @id",
            new { organizationId, id },
            cancellationToken
        );
        if (row is null)
        {
            return null;
        }

        var person = JsonSerializer.Deserialize(
            sealer.Unseal(Name, row.Id, "sealed_person", row.SealedPerson),
            AuthorizationJson.Default.GrantPerson
        )!;
        return row.ToGrant(person);
    }

    public async ValueTask<int> CountAsync(
        string organizationId,
        string issuerId,
        string subjectHash,
        DateTimeOffset before,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.SingleAsync<long>(
                "SELECT COUNT(*) FROM oauth_grants WHERE " + OfPerson,
                PersonParameters(organizationId, issuerId, subjectHash, before),
                cancellationToken
            );

    public Statement Insert(RefreshGrant grant) =>
        Table.Insert(
            Row.Create(
                grant,
                sealer.Seal(
                    Name,
                    grant.Id,
                    "sealed_person",
                    JsonSerializer.SerializeToUtf8Bytes(
                        new GrantPerson(grant.Person, grant.RefreshKey),
                        AuthorizationJson.Default.GrantPerson
                    )
                )
            )
        );

    /// <summary>Makes the next refresh token the valid one; stale if another request was first.</summary>
    public Statement Advance(RefreshGrant grant, string? keyThumbprint, DateTimeOffset idleUntil) =>
        new Statement(
            "UPDATE oauth_grants SET generation = generation + 1, key_thumbprint = @KeyThumbprint, "
                + "idle_until_ms = @IdleUntil WHERE id = @Id AND generation = @Generation",
            new
            {
                grant.Id,
                grant.Generation,
                KeyThumbprint = keyThumbprint,
                IdleUntil = idleUntil.ToStore(),
            }
        ).ExpectingOne();

    public Statement End(string id) => new("DELETE FROM oauth_grants WHERE id = @id", new { id });

    public Statement EndForPerson(string organizationId, string issuerId, string subjectHash, DateTimeOffset before) =>
        new(
            "DELETE FROM oauth_grants WHERE " + OfPerson,
            PersonParameters(organizationId, issuerId, subjectHash, before)
        );

    public Statement EndExpired(DateTimeOffset now) =>
        new("DELETE FROM oauth_grants WHERE idle_until_ms < @Now", new { Now = now.ToStore() });

    private const string OfPerson =
        "organization_id = @OrganizationId AND issuer_id = @IssuerId AND subject_hash = @SubjectHash "
        + "AND signed_in_at_ms < @Before";

    private static object PersonParameters(
        string organizationId,
        string issuerId,
        string subjectHash,
        DateTimeOffset before
    ) =>
        new
        {
            OrganizationId = organizationId,
            IssuerId = issuerId,
            SubjectHash = subjectHash,
            Before = before.ToStore(),
        };

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string OrganizationId { get; init; }

        public required string IssuerId { get; init; }

        public required string SubjectHash { get; init; }

        public required byte[] SealedPerson { get; init; }

        public required string ClientId { get; init; }

        public required string Resource { get; init; }

        public required string Scope { get; init; }

        public required string RuleId { get; init; }

        public required string Family { get; init; }

        public string? KeyThumbprint { get; init; }

        public long Generation { get; init; }

        public long SignedInAtMs { get; init; }

        public long IdleUntilMs { get; init; }

        public long ExpiresAtMs { get; init; }

        public static Row Create(RefreshGrant grant, byte[] sealedPerson) =>
            new()
            {
                Id = grant.Id,
                OrganizationId = grant.OrganizationId,
                IssuerId = grant.IssuerId,
                SubjectHash = Sha256Text.ToBase64Url(grant.Person.Subject),
                SealedPerson = sealedPerson,
                ClientId = grant.ClientId,
                Resource = grant.Resource,
                Scope = grant.Scope,
                RuleId = grant.RuleId,
                Family = grant.Family,
                KeyThumbprint = grant.KeyThumbprint,
                Generation = grant.Generation,
                SignedInAtMs = grant.SignedInAt.ToStore(),
                IdleUntilMs = grant.IdleUntil.ToStore(),
                ExpiresAtMs = grant.ExpiresAt.ToStore(),
            };

        public RefreshGrant ToGrant(GrantPerson person) =>
            new()
            {
                Id = Id,
                OrganizationId = OrganizationId,
                IssuerId = IssuerId,
                Person = person.Person,
                RefreshKey = person.RefreshKey,
                ClientId = ClientId,
                Resource = Resource,
                Scope = Scope,
                RuleId = RuleId,
                Family = Family,
                KeyThumbprint = KeyThumbprint,
                Generation = Generation,
                SignedInAt = Instants.FromStore(SignedInAtMs),
                IdleUntil = Instants.FromStore(IdleUntilMs),
                ExpiresAt = Instants.FromStore(ExpiresAtMs),
            };
    }
}
