using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Connections;

/// <summary>Grants while they live, and afterwards until they are revoked at the upstream.</summary>
internal sealed class ConnectionGrantStore(Database database, Sealer sealer)
{
    private const string Name = "connection_grants";
    private const string End =
        "UPDATE connection_grants SET ended_at_ms = @At, next_attempt_ms = @At, end_reason = @Reason "
        + "WHERE ended_at_ms IS NULL AND ";

    private static readonly Columns<Row> Table = new(Name);

    /// <summary>The person's live grant.</summary>
    public async ValueTask<ConnectionGrant?> FindAsync(
        ConnectionId connection,
        ConnectionPerson person,
        CancellationToken cancellationToken
    ) =>
        await SingleAsync(
            " WHERE connection_id = @Value AND issuer = @Issuer AND subject_hash = @SubjectHash AND ended_at_ms IS NULL",
            new
            {
                connection.Value,
                person.Issuer,
                person.SubjectHash,
            },
            cancellationToken
        );

    /// <summary>A live grant of the connection.</summary>
    public ValueTask<ConnectionGrant?> FindAsync(
        ConnectionId connection,
        string id,
        CancellationToken cancellationToken
    ) =>
        SingleAsync(
            " WHERE id = @id AND connection_id = @Value AND ended_at_ms IS NULL",
            new { id, connection.Value },
            cancellationToken
        );

    /// <summary>The live ones, newest first, one more than the page's size if there are more.</summary>
    public async ValueTask<IReadOnlyList<Numbered<ConnectionGrant>>> ListAsync(
        ConnectionId connection,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            Table.Select
                + " WHERE connection_id = @Value AND ended_at_ms IS NULL AND ordinal < @Before "
                + "ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                connection.Value,
                page.Before,
                page.Count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new Numbered<ConnectionGrant>(row.Ordinal, ToGrant(row)))];
    }

    /// <summary>Ended ones whose next attempt of a revocation at the upstream is due.</summary>
    public async ValueTask<IReadOnlyList<ConnectionGrant>> ListDueAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            Table.Select + " WHERE next_attempt_ms <= @Now ORDER BY next_attempt_ms LIMIT @count",
            new { Now = now.ToStore(), count },
            cancellationToken
        );
        return [.. rows.Select(ToGrant)];
    }

    /// <summary>How many live ones the person has, with a sign-in before that moment.</summary>
    public async ValueTask<int> CountAsync(
        string organizationId,
        ConnectionPerson person,
        DateTimeOffset before,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.SingleAsync<long>(
                "SELECT COUNT(*) FROM connection_grants WHERE organization_id = @organizationId AND issuer = @Issuer "
                    + "AND subject_hash = @SubjectHash AND ended_at_ms IS NULL AND signed_in_at_ms < @Before",
                new
                {
                    organizationId,
                    person.Issuer,
                    person.SubjectHash,
                    Before = before.ToStore(),
                },
                cancellationToken
            );

    /// <summary>
    /// Replaces the person's live grant. Refused if the connection was archived, or the person's access withdrawn after the
    /// sign-in.
    /// </summary>
    public IReadOnlyList<Statement> Replace(ConnectionGrant grant)
    {
        var live = new Statement(
            "SELECT 1 FROM connections WHERE id = @Value AND archived_at_ms IS NULL",
            new { grant.ConnectionId.Value }
        ).ExpectingOne(ConnectionErrors.Archived.Refuse());
        // A revocation covers the second that it names.
        var allowed = new Statement(
            "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM token_revocations r JOIN federation_issuers i "
                + "ON i.organization_id = r.organization_id WHERE r.organization_id = @OrganizationId "
                + "AND i.issuer_url = @Issuer AND r.issued_before_s >= @SignedIn AND ((r.kind = 'subject' "
                + "AND r.value = i.id || ':' || @SubjectHash) OR (r.kind = 'issuer' AND r.value = i.id) "
                + "OR r.kind = 'issued_before'))",
            new
            {
                grant.OrganizationId,
                grant.Person.Issuer,
                grant.Person.SubjectHash,
                SignedIn = grant.SignedInAt.ToUnixTimeSeconds(),
            }
        ).ExpectingOne(ConnectionErrors.Withdrawn.Refuse());
        var former = new Statement(
            End + "connection_id = @Value AND issuer = @Issuer AND subject_hash = @SubjectHash",
            new
            {
                grant.ConnectionId.Value,
                grant.Person.Issuer,
                grant.Person.SubjectHash,
                At = grant.CreatedAt.ToStore(),
                Reason = ConnectionEndReason.Replaced,
            }
        );
        return [live, allowed, former, Table.Insert(CreateRow(grant))];
    }

    /// <summary>Records that its token is handed out; stale if it ended.</summary>
    public static Statement Use(ConnectionGrant grant, DateTimeOffset now) =>
        new Statement(
            "UPDATE connection_grants SET used_at_ms = @Now WHERE id = @Value AND generation = @Generation "
                + "AND ended_at_ms IS NULL",
            new
            {
                grant.Id.Value,
                grant.Generation,
                Now = now.ToStore(),
            }
        ).ExpectingOne();

    /// <summary>Reserves the refresh for one request; stale if another one was first, or the grant ended.</summary>
    public static Statement Reserve(ConnectionGrant grant, DateTimeOffset until) =>
        new Statement(
            "UPDATE connection_grants SET refreshing_until_ms = @Until WHERE id = @Value AND generation = @Generation "
                + "AND refreshing_until_ms = @Seen AND ended_at_ms IS NULL",
            new
            {
                grant.Id.Value,
                grant.Generation,
                Until = until.ToStore(),
                Seen = grant.RefreshingUntil?.ToStore() ?? 0,
            }
        ).ExpectingOne();

    /// <summary>Records a refresh without a result.</summary>
    public static Statement Release(ConnectionGrant reserved, DateTimeOffset now) =>
        new(
            "UPDATE connection_grants SET refreshing_until_ms = 0, refresh_failed_at_ms = @Now WHERE id = @Value "
                + "AND generation = @Generation AND refreshing_until_ms = @Seen",
            new
            {
                reserved.Id.Value,
                reserved.Generation,
                Now = now.ToStore(),
                Seen = reserved.RefreshingUntil?.ToStore() ?? 0,
            }
        );

    /// <summary>Stores the tokens of a refresh.</summary>
    /// <param name="isLive">
    /// Whether the grant must be live. A grant that ended meanwhile gets the new tokens too, because those are to be revoked.
    /// </param>
    public Statement Rotate(ConnectionGrant grant, ConnectionGrant refreshed, bool isLive) =>
        new Statement(
            "UPDATE connection_grants SET sealed_grant = @SealedGrant, scope = @Scope, generation = generation + 1, "
                + "token_expires_at_ms = @TokenExpiresAt, used_at_ms = @UsedAt, refreshing_until_ms = 0, "
                + "refresh_failed_at_ms = NULL WHERE id = @Value AND generation = @Generation"
                + (isLive ? " AND ended_at_ms IS NULL" : ""),
            new
            {
                grant.Id.Value,
                grant.Generation,
                SealedGrant = Seal(refreshed),
                refreshed.Scope,
                TokenExpiresAt = refreshed.TokenExpiresAt.ToStore(),
                UsedAt = refreshed.UsedAt.ToStore(),
            }
        ).ExpectingOne();

    public static Statement EndOne(ConnectionGrant grant, DateTimeOffset now, string reason) =>
        new Statement(
            End + "id = @Value",
            new
            {
                grant.Id.Value,
                At = now.ToStore(),
                Reason = reason,
            }
        ).ExpectingOne();

    public static Statement EndOfConnection(ConnectionId connection, DateTimeOffset now) =>
        new(
            End + "connection_id = @Value",
            new
            {
                connection.Value,
                At = now.ToStore(),
                Reason = ConnectionEndReason.Archived,
            }
        );

    /// <summary>Ends the grants of the people whom the revocation covers; null if it covers tokens or rules alone.</summary>
    public static Statement? EndRevoked(TokenRevocation revocation)
    {
        var (first, second) = TokenTraits.SplitValue(revocation.Value);
        const string OfIssuer = "issuer = (SELECT issuer_url FROM federation_issuers WHERE id = @First) AND ";
        var who = revocation.Kind switch
        {
            RevocationKind.Subject => OfIssuer + "subject_hash = @Second AND ",
            RevocationKind.Issuer => OfIssuer,
            RevocationKind.IssuedBefore => "",
            _ => null,
        };
        return who is null
            ? null
            : new Statement(
                End + who + "organization_id = @OrganizationId AND signed_in_at_ms < @Before",
                new
                {
                    revocation.OrganizationId,
                    First = first,
                    Second = second,
                    // The second of the revocation is covered.
                    Before = (revocation.IssuedBefore + 1) * 1_000,
                    At = revocation.CreatedAt.ToStore(),
                    Reason = ConnectionEndReason.Withdrawn,
                }
            );
    }

    /// <summary>Counts an attempt of a revocation before it is made; stale if another node was first.</summary>
    public static Statement CountAttempt(ConnectionGrant grant, DateTimeOffset next) =>
        new Statement(
            "UPDATE connection_grants SET revoke_attempts = revoke_attempts + 1, next_attempt_ms = @Next "
                + "WHERE id = @Value AND revoke_attempts = @RevokeAttempts",
            new
            {
                grant.Id.Value,
                grant.RevokeAttempts,
                Next = next.ToStore(),
            }
        ).ExpectingOne();

    /// <summary>Stale if it was removed or refreshed meanwhile.</summary>
    public static Statement Remove(ConnectionGrant grant) =>
        new Statement(
            "DELETE FROM connection_grants WHERE id = @Value AND generation = @Generation",
            new { grant.Id.Value, grant.Generation }
        ).ExpectingOne();

    private async ValueTask<ConnectionGrant?> SingleAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    ) =>
        await database.SingleOrDefaultAsync<Row>(Table.Select + condition, parameters, cancellationToken) is { } row
            ? ToGrant(row)
            : null;

    private byte[] Seal(ConnectionGrant grant) =>
        sealer.Seal(
            Name,
            grant.Id.Value,
            "sealed_grant",
            JsonSerializer.SerializeToUtf8Bytes(
                new SealedGrant(grant.Person.Subject, grant.AccessToken, grant.RefreshToken),
                ConnectionsJson.Default.SealedGrant
            )
        );

    private Row CreateRow(ConnectionGrant grant) =>
        new()
        {
            Id = grant.Id.Value,
            ConnectionId = grant.ConnectionId.Value,
            OrganizationId = grant.OrganizationId,
            Issuer = grant.Person.Issuer,
            SubjectHash = grant.Person.SubjectHash,
            SealedGrant = Seal(grant),
            Scope = grant.Scope,
            Generation = grant.Generation,
            SignedInAtMs = grant.SignedInAt.ToStore(),
            CreatedAtMs = grant.CreatedAt.ToStore(),
            TokenExpiresAtMs = grant.TokenExpiresAt.ToStore(),
        };

    private ConnectionGrant ToGrant(Row row)
    {
        var opened = JsonSerializer.Deserialize(
            sealer.Unseal(Name, row.Id, "sealed_grant", row.SealedGrant),
            ConnectionsJson.Default.SealedGrant
        )!;
        return new ConnectionGrant
        {
            Id = ConnectionGrantId.Wrap(row.Id),
            ConnectionId = ConnectionId.Wrap(row.ConnectionId),
            OrganizationId = row.OrganizationId,
            Person = new ConnectionPerson(row.Issuer, opened.Subject),
            AccessToken = opened.AccessToken,
            RefreshToken = opened.RefreshToken,
            Scope = row.Scope,
            Generation = row.Generation,
            SignedInAt = Instants.FromStore(row.SignedInAtMs),
            CreatedAt = Instants.FromStore(row.CreatedAtMs),
            TokenExpiresAt = Instants.FromStore(row.TokenExpiresAtMs),
            UsedAt = Instants.FromStore(row.UsedAtMs),
            RefreshingUntil = row.RefreshingUntilMs == 0 ? null : Instants.FromStore(row.RefreshingUntilMs),
            RefreshFailedAt = Instants.FromStore(row.RefreshFailedAtMs),
            EndedAt = Instants.FromStore(row.EndedAtMs),
            EndReason = row.EndReason,
            RevokeAttempts = row.RevokeAttempts,
        };
    }

    internal sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string ConnectionId { get; init; }

        public required string OrganizationId { get; init; }

        public required string Issuer { get; init; }

        public required string SubjectHash { get; init; }

        public required byte[] SealedGrant { get; init; }

        public required string Scope { get; init; }

        public long Generation { get; init; }

        public long SignedInAtMs { get; init; }

        public long CreatedAtMs { get; init; }

        public long? TokenExpiresAtMs { get; init; }

        public long? UsedAtMs { get; init; }

        public long RefreshingUntilMs { get; init; }

        public long? RefreshFailedAtMs { get; init; }

        public long? EndedAtMs { get; init; }

        public string? EndReason { get; init; }

        public long RevokeAttempts { get; init; }

        public long? NextAttemptMs { get; init; }
    }
}
