using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Connections;

/// <summary>Reads an organization's connections as one person sees them. It opens no token.</summary>
internal sealed class PersonConnectionReader(Database database)
{
    /// <summary>
    /// The live connections of live tunnels: those that the person has connected first, each group newest first, at most
    /// <paramref name="count"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<PersonConnection>> ListAsync(
        string organizationId,
        ConnectionPerson person,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(
            "SELECT c.id, c.display_name, c.authorization_endpoint, c.route, COALESCE(t.display_name, t.id) AS tunnel, "
                + "COALESCE(g.scope, c.scopes) AS scopes, g.created_at_ms, g.used_at_ms, g.refresh_failed_at_ms "
                + "FROM connections c JOIN tunnels t ON t.id = c.tunnel_id LEFT JOIN connection_grants g "
                + "ON g.connection_id = c.id AND g.issuer = @Issuer AND g.subject_hash = @SubjectHash "
                + "AND g.ended_at_ms IS NULL WHERE c.organization_id = @organizationId AND c.archived_at_ms IS NULL "
                + "AND t.archived_at_ms IS NULL ORDER BY CASE WHEN g.id IS NULL THEN 1 ELSE 0 END, g.ordinal DESC, "
                + "c.ordinal DESC LIMIT @count",
            new
            {
                organizationId,
                person.Issuer,
                person.SubjectHash,
                count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToConnection())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public required string DisplayName { get; init; }

        public required string AuthorizationEndpoint { get; init; }

        public required string Route { get; init; }

        public required string Tunnel { get; init; }

        public required string Scopes { get; init; }

        public long? CreatedAtMs { get; init; }

        public long? UsedAtMs { get; init; }

        public long? RefreshFailedAtMs { get; init; }

        public PersonConnection ToConnection() =>
            new(
                Id,
                DisplayName,
                new Uri(AuthorizationEndpoint).Authority,
                Route,
                Tunnel,
                Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Instants.FromStore(CreatedAtMs),
                Instants.FromStore(UsedAtMs),
                Instants.FromStore(RefreshFailedAtMs)
            );
    }
}
