using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Inventory;

/// <summary>
/// Rows are never deleted: no filter may read them all, nor sort more than it shows. What a planner says of an empty
/// table with sequential scans switched off is what it can do on a full one.
/// </summary>
public abstract class InventoryPlanTests(StorageBackend backend) : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly CertificateFilter Own = new("org", null, WithInstallation: false, null, null);

    private readonly StoreUnderTest store = new(backend);

    public sealed class OnSqlite() : InventoryPlanTests(StorageBackend.Sqlite)
    {
        [Fact]
        public void Entries_OfAShard_NeedNoRow() =>
            string.Join(
                    '\n',
                    Explain(
                        RevocationStore.EntriesSql,
                        new
                        {
                            caId = "ca",
                            shard = 1L,
                            after = 0L,
                        }
                    )
                )
                .ShouldContain("COVERING INDEX certificates_listed");

        protected override IEnumerable<string> Explain(string sql, object parameters)
        {
            using var connection = Open();
            return
            [
                .. connection
                    .Query<(int, int, int, string Detail)>("EXPLAIN QUERY PLAN " + sql, parameters)
                    .Select(row => row.Detail),
            ];
        }

        protected override bool IsBad(string line) =>
            (line.StartsWith("SCAN certificates", StringComparison.Ordinal) && !line.Contains("USING"))
            || line.Contains("USE TEMP B-TREE FOR GROUP BY");
    }

    public sealed class OnPostgres() : InventoryPlanTests(StorageBackend.Postgres)
    {
        protected override IEnumerable<string> Explain(string sql, object parameters)
        {
            using var connection = Open();
            connection.Execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
            return [.. connection.Query<string>("EXPLAIN " + sql, parameters)];
        }

        protected override bool IsBad(string line) => line.Contains("Seq Scan on certificates");
    }

    public static TheoryData<string, string> Filters() =>
        new()
        {
            { "organization", "certificates_of_organization" },
            { "installation", "certificates_of_organization" },
            { "workspace", "certificates_of_workspace" },
            { "tunnel", "certificates_of_tunnel" },
            { "ca", "certificates_by_ca" },
            { "identity", "certificates_of_identity" },
            { "key", "certificates_of_key" },
            { "serial", "serial" },
            { "revoked", "certificates_revoked" },
            { "void", "certificates_unfinished" },
            { "expiry", "certificates_by_expiry" },
            { "expiry of a ca", "certificates_of_authority" },
        };

    [Theory]
    [MemberData(nameof(Filters))]
    public void List_EachFilter_WalksItsIndex(string name, string index)
    {
        var filter = FilterOf(name);
        var sql = InventorySql.Of(CertificateStore.Columns, filter, filter.IsByExpiry);

        var plan = Explain(sql, InventorySql.Parameters(filter, InventoryPlace.GetStart(filter.IsByExpiry), 21))
            .ToList();

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain(index);
    }

    [Fact]
    public void Forecast_CountsAlongItsIndex()
    {
        var plan = Explain(
                CertificateInventory.ForecastSql("org", null),
                new
                {
                    organizationId = "org",
                    from = 1L,
                    to = 90L,
                }
            )
            .ToList();

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain("certificates_forecast");
    }

    [Fact]
    public void Entries_OfAShard_AreFoundByTheirIndex()
    {
        var plan = Explain(
                RevocationStore.EntriesSql,
                new
                {
                    caId = "ca",
                    shard = 1L,
                    after = 0L,
                }
            )
            .ToList();

        string.Join('\n', plan).ShouldContain("certificates_listed");
    }

    [Fact]
    public void Unexpired_OfMachines_AreFoundByTheirIndex()
    {
        var plan = Explain(RevocationStore.UnexpiredSql, new { now = 1L }).ToList();

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain("certificates_refused");
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IEnumerable<string> Explain(string sql, object parameters);

    protected abstract bool IsBad(string line);

    protected System.Data.Common.DbConnection Open() => store.Store.Database.OpenWrite();

    private static CertificateFilter FilterOf(string name) =>
        name switch
        {
            "organization" => Own,
            "installation" => Own with { WithInstallation = true },
            "workspace" => Own with { WorkspaceId = "w" },
            "tunnel" => Own with { TunnelId = "tnl" },
            "ca" => Own with { CaId = "ca", TunnelId = "tnl" },
            "identity" => Own with { Identity = "spiffe://x", TunnelId = "tnl" },
            "key" => Own with { KeySha256 = "aa", CaId = "ca" },
            "serial" => Own with { Serial = "01aa", TunnelId = "tnl", WithInstallation = true },
            "revoked" => Own with { Status = InventoryStatus.Revoked },
            "void" => Own with { Status = InventoryStatus.Void },
            "expiry" => Own with { ExpiresFrom = Day, ExpiresBefore = Day.AddDays(14) },
            _ => Own with { CaId = "ca", ExpiresBefore = Day },
        };
}
