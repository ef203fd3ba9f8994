using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.ServiceAccounts;

internal sealed class ServiceAccountStore(Database database)
    : StampedStore<ServiceAccountStore.Row, ServiceAccount>(database, Table, row => row.ToAccount())
{
    private static readonly Columns<Row> Table = new("service_accounts");

    /// <summary><see cref="FederationErrors.NameTaken"/> if the name is in use.</summary>
    public Statement Insert(ServiceAccount account) =>
        Table.Insert(Row.Create(account)).Unique(FederationErrors.NameTaken.Refuse());

    /// <summary>
    /// Writes version n + 1 over version n; <see cref="FederationErrors.Changed"/> when the store has another one.
    /// </summary>
    public Statement Update(ServiceAccount account) => UpdateLive(Row.Create(account));

    /// <summary>As <see cref="Update"/>; <see cref="FederationErrors.InUse"/> while a live rule refers to it.</summary>
    public IReadOnlyList<Statement> Archive(ServiceAccount account) =>
        [
            // Updates a row only if no other record needs it: the number of updated rows is the check.
            new Statement(
                "UPDATE service_accounts SET version = version WHERE id = @Id AND NOT EXISTS "
                    + "(SELECT 1 FROM federation_rules WHERE service_account_id = @Id AND archived_at_ms IS NULL)",
                new { Id = account.Id.Value }
            ).ExpectingOne(FederationErrors.InUse.Refuse()),
            Update(account),
        ];

    internal sealed record Row : StampColumns
    {
        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string Name { get; init; }

        public required string Description { get; init; }

        public required string OrganizationRole { get; init; }

        public static Row Create(ServiceAccount account) =>
            new()
            {
                Id = account.Id.Value,
                OrganizationId = account.OrganizationId,
                Name = account.Name,
                Description = account.Description,
                OrganizationRole = account.Role.Name(),
                Version = account.Version,
                Stamps = account.Stamps,
            };

        public ServiceAccount ToAccount() =>
            new()
            {
                Id = ServiceAccountId.Wrap(Id),
                OrganizationId = OrganizationId,
                Name = Name,
                Description = Description,
                Role = WireNames.Parse<OrganizationRole>(OrganizationRole),
                Version = (int)Version,
                Stamps = Stamps,
            };
    }
}
