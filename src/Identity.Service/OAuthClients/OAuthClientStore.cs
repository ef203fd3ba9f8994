using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.OAuthClients;

internal sealed class OAuthClientStore(Database database)
    : StampedStore<OAuthClientStore.Row, RegisteredClient>(database, Table, row => row.ToClient())
{
    private static readonly Columns<Row> Table = new("oauth_clients");

    /// <summary>Refused if the organization has <paramref name="most"/> unarchived clients.</summary>
    public Statement Insert(RegisteredClient client, int most) =>
        Table
            .InsertWhere(
                Row.Create(client, most),
                "(SELECT COUNT(*) FROM oauth_clients WHERE organization_id = @OrganizationId AND archived_at_ms IS NULL) < @Most"
            )
            .ExpectingOne(OAuthClientErrors.Limit.Refuse());

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationErrors.Changed"/> when the store has another one. Archives too.
    /// </summary>
    public Statement Update(RegisteredClient client) => UpdateLive(Row.Create(client, most: 0));

    internal sealed record Row : StampColumns
    {
        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string RedirectUris { get; init; }

        public long RequiresDpop { get; init; }

        /// <summary>The maximum number of clients of the organization; a parameter of the insertion, not a column.</summary>
        [NotMapped]
        public long Most { get; init; }

        public static Row Create(RegisteredClient client, int most) =>
            new()
            {
                Id = client.Id.Value,
                OrganizationId = client.OrganizationId,
                Name = client.Name,
                RedirectUris = TextList.Join(client.RedirectUris),
                RequiresDpop = client.RequiresDpop ? 1 : 0,
                Version = client.Version,
                Stamps = client.Stamps,
                Most = most,
            };

        public RegisteredClient ToClient() =>
            new()
            {
                Id = OAuthClientId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                RedirectUris = TextList.Split(RedirectUris),
                RequiresDpop = RequiresDpop != 0,
                Version = (int)Version,
                Stamps = Stamps,
            };
    }
}
