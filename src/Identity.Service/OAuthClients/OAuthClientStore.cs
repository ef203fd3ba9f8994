using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.OAuthClients;

internal sealed class OAuthClientStore(Database database)
    : StampedStore<OAuthClientStore.Row, RegisteredClient>(database, Table, row => row.ToClient())
{
    private static readonly Columns<Row> Table = new("oauth_clients");

    /// <summary>Refused if the organization has <paramref name="most"/> unarchived clients that came in the same way.</summary>
    public Statement Insert(RegisteredClient client, int most) =>
        Table
            .InsertWhere(
                Row.Create(client, most),
                "(SELECT COUNT(*) FROM oauth_clients WHERE organization_id = @OrganizationId "
                    + "AND registered_by = @RegisteredBy AND archived_at_ms IS NULL) < @Most"
            )
            .ExpectingOne(
                client.RegisteredBy == RegisteredBy.Administrator
                    ? OAuthClientErrors.Limit.Refuse()
                    : OAuthClientErrors.RegistrationsFull.Refuse()
            );

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationErrors.Changed"/> when the store has another one. Archives too.
    /// </summary>
    public Statement Update(RegisteredClient client) => UpdateLive(Row.Create(client, most: 0));

    public static Statement RecordSignIn(OAuthClientId id, DateTimeOffset now) =>
        new(
            "UPDATE oauth_clients SET last_sign_in_at_ms = @Now WHERE id = @Value",
            new { id.Value, Now = now.ToStore() }
        );

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    public ValueTask<IReadOnlyList<Numbered<RegisteredClient>>> ListAsync(
        string organizationId,
        RegisteredBy registeredBy,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            " WHERE organization_id = @organizationId AND registered_by = @RegisteredBy AND ordinal < @Before "
                + "AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                organizationId,
                RegisteredBy = WireNames.Get(registeredBy),
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    internal sealed record Row : StampColumns
    {
        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        public required string Name { get; init; }

        public required string RedirectUris { get; init; }

        public long RequiresDpop { get; init; }

        [InsertOnly]
        public required string RegisteredBy { get; init; }

        [InsertOnly]
        public long? LastSignInAtMs { get; init; }

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
                RegisteredBy = WireNames.Get(client.RegisteredBy),
                LastSignInAtMs = client.LastSignInAt.ToStore(),
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
                RegisteredBy = WireNames.Parse<RegisteredBy>(RegisteredBy),
                LastSignInAt = Instants.FromStore(LastSignInAtMs),
                Version = (int)Version,
                Stamps = Stamps,
            };
    }
}
