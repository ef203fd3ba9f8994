using System.ComponentModel.DataAnnotations.Schema;
using System.Text;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Connections;

internal sealed class ConnectionStore(Database database, Sealer sealer)
    : StampedStore<ConnectionStore.Row, Connection>(database, Table, row => row.ToConnection())
{
    private const string Name = "connections";
    private const string SecretColumn = "sealed_client_secret";
    private static readonly Columns<Row> Table = new(Name);

    public byte[] SealSecret(ConnectionId id, string secret) =>
        sealer.Seal(Name, id.Value, SecretColumn, Encoding.ASCII.GetBytes(secret));

    /// <summary>Null for a client without a secret.</summary>
    public string? UnsealSecret(Connection connection) =>
        connection.SealedClientSecret is { } value
            ? Encoding.ASCII.GetString(sealer.Unseal(Name, connection.Id.Value, SecretColumn, value))
            : null;

    /// <summary>The connection of the route, the latest one if all are archived; null if it never had one.</summary>
    public async ValueTask<Connection?> FindOfRouteAsync(
        string tunnelId,
        string route,
        CancellationToken cancellationToken
    )
    {
        var rows = await QueryAsync(
            " WHERE tunnel_id = @tunnelId AND route = @route "
                + "ORDER BY CASE WHEN archived_at_ms IS NULL THEN 0 ELSE 1 END, ordinal DESC LIMIT 1",
            new { tunnelId, route },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    /// <summary>Refused if the route has one, or the organization has <paramref name="most"/>.</summary>
    public Statement Insert(Connection connection, int most) =>
        Table
            .InsertWhere(
                Row.Create(connection, most),
                "(SELECT COUNT(*) FROM connections WHERE organization_id = @OrganizationId "
                    + "AND archived_at_ms IS NULL) < @Most"
            )
            .ExpectingOne(ConnectionErrors.Limit.Refuse())
            .Unique(ConnectionErrors.Exists.Refuse());

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationErrors.Changed"/> when the store has another one. Archives too.
    /// </summary>
    public Statement Update(Connection connection) => UpdateLive(Row.Create(connection, most: 0));

    internal sealed record Row : StampColumns
    {
        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string TunnelId { get; init; }

        [InsertOnly]
        public required string Route { get; init; }

        public required string DisplayName { get; init; }

        [InsertOnly]
        public string? Issuer { get; init; }

        [InsertOnly]
        public required string AuthorizationEndpoint { get; init; }

        [InsertOnly]
        public required string TokenEndpoint { get; init; }

        [InsertOnly]
        public string? RevocationEndpoint { get; init; }

        [InsertOnly]
        public required string ClientId { get; init; }

        [InsertOnly]
        public required string ClientAuth { get; init; }

        public byte[]? SealedClientSecret { get; init; }

        public long? ClientSecretSetAtMs { get; init; }

        public required string Scopes { get; init; }

        [InsertOnly]
        public string? Resource { get; init; }

        [InsertOnly]
        public string? CaCertPem { get; init; }

        [InsertOnly]
        public required string AllowedTargets { get; init; }

        /// <summary>The maximum number of connections of the organization; a parameter of the insertion.</summary>
        [NotMapped]
        public long Most { get; init; }

        public static Row Create(Connection connection, int most) =>
            new()
            {
                Id = connection.Id.Value,
                OrganizationId = connection.OrganizationId,
                TunnelId = connection.TunnelId,
                Route = connection.Route,
                DisplayName = connection.DisplayName,
                Issuer = connection.Issuer,
                AuthorizationEndpoint = connection.AuthorizationEndpoint,
                TokenEndpoint = connection.TokenEndpoint,
                RevocationEndpoint = connection.RevocationEndpoint,
                ClientId = connection.ClientId,
                ClientAuth = WireNames.Get(connection.ClientAuth),
                SealedClientSecret = connection.SealedClientSecret,
                ClientSecretSetAtMs = connection.ClientSecretSetAt.ToStore(),
                Scopes = TextList.Join(connection.Scopes),
                Resource = connection.Resource,
                CaCertPem = connection.CaCertificatePem,
                AllowedTargets = string.Join(' ', connection.AllowedTargets),
                Version = connection.Version,
                Stamps = connection.Stamps,
                Most = most,
            };

        public Connection ToConnection() =>
            new()
            {
                Id = ConnectionId.Wrap(Id),
                OrganizationId = OrganizationId,
                TunnelId = TunnelId,
                Route = Route,
                DisplayName = DisplayName,
                Issuer = Issuer,
                AuthorizationEndpoint = AuthorizationEndpoint,
                TokenEndpoint = TokenEndpoint,
                RevocationEndpoint = RevocationEndpoint,
                ClientId = ClientId,
                ClientAuth = WireNames.Parse<ConnectionClientAuth>(ClientAuth),
                SealedClientSecret = SealedClientSecret,
                ClientSecretSetAt = Instants.FromStore(ClientSecretSetAtMs),
                Scopes = TextList.Split(Scopes),
                Resource = Resource,
                CaCertificatePem = CaCertPem,
                AllowedTargets = [.. TextList.Split(AllowedTargets).Select(AllowedTarget.Parse)],
                Version = (int)Version,
                Stamps = Stamps,
            };
    }
}
