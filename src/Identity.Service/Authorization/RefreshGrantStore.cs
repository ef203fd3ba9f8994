using System.Diagnostics;
using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.Revocations;

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
                "SELECT COUNT(*) FROM oauth_grants WHERE organization_id = @organizationId AND issuer_id = @issuerId "
                    + "AND subject_hash = @subjectHash AND signed_in_at_ms < @Before",
                new
                {
                    organizationId,
                    issuerId,
                    subjectHash,
                    Before = before.ToStore(),
                },
                cancellationToken
            );

    /// <summary>Whether the person has a grant of the client at the route, which was used, with all of these scopes.</summary>
    public async ValueTask<bool> HasAsync(
        string organizationId,
        string issuerId,
        string subject,
        string clientId,
        string resource,
        IReadOnlyList<string> scopes,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var held = await database.QueryAsync<string>(
            "SELECT scope FROM oauth_grants WHERE organization_id = @organizationId AND issuer_id = @issuerId "
                + "AND subject_hash = @SubjectHash AND client_id = @clientId AND resource = @resource "
                + "AND generation > 0 AND idle_until_ms > @Now AND expires_at_ms > @Now",
            new
            {
                organizationId,
                issuerId,
                SubjectHash = Sha256Text.ToBase64Url(subject),
                clientId,
                resource,
                Now = now.ToStore(),
            },
            cancellationToken
        );
        return held.Any(scope => !scopes.Except(scope.Split(' ')).Any());
    }

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

    /// <summary>
    /// Ends the grants whose next token the revocation would cover; null if it covers no grant. Rules are evaluated again at
    /// each refresh, so a version of a rule and a service account are those of the rule now.
    /// </summary>
    public static Statement? EndRevoked(TokenRevocation revocation)
    {
        const string SignedInBefore = " AND signed_in_at_ms < @Before";
        var (first, second) = TokenTraits.SplitValue(revocation.Value);
        var where = revocation.Kind switch
        {
            RevocationKind.Token => null,
            RevocationKind.Family => "family = @First",
            RevocationKind.Rule => "rule_id = @First" + SignedInBefore,
            RevocationKind.RuleVersion => "rule_id IN (SELECT id FROM federation_rules WHERE id = @First "
                + "AND CAST(version AS TEXT) = @Second)"
                + SignedInBefore,
            RevocationKind.Principal => "rule_id IN (SELECT id FROM federation_rules WHERE service_account_id = @First)"
                + SignedInBefore,
            RevocationKind.Issuer => "issuer_id = @First" + SignedInBefore,
            RevocationKind.Subject => "issuer_id = @First AND subject_hash = @Second" + SignedInBefore,
            RevocationKind.IssuedBefore => "1 = 1" + SignedInBefore,
            _ => throw new UnreachableException(),
        };
        return where is null
            ? null
            : new Statement(
                "DELETE FROM oauth_grants WHERE organization_id = @OrganizationId AND " + where,
                new
                {
                    revocation.OrganizationId,
                    First = first,
                    Second = second,
                    // The second of the revocation is covered.
                    Before = revocation.Kind.KnowsTime() ? (revocation.IssuedBefore + 1) * 1_000 : 0,
                }
            );
    }

    public Statement EndExpired(DateTimeOffset now) =>
        new("DELETE FROM oauth_grants WHERE idle_until_ms < @Now", new { Now = now.ToStore() });

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
