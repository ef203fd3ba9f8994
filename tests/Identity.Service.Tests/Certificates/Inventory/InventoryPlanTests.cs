using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Notices;
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

        protected override IEnumerable<string> Indexes()
        {
            using var connection = Open();
            return
            [
                .. connection.Query<string>(
                    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'certificates'"
                ),
            ];
        }
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

        protected override IEnumerable<string> Indexes()
        {
            using var connection = Open();
            return
            [
                .. connection.Query<string>(
                    "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'certificates'"
                ),
            ];
        }
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
            { "void", "certificates_unissued" },
            { "intent", "certificates_unissued" },
            { "expiry", "certificates_by_expiry" },
            { "expiry of a ca", "certificates_of_authority" },
        };

    [Theory]
    [MemberData(nameof(Filters))]
    public void List_EachFilter_WalksItsIndex(string name, string index)
    {
        var filter = FilterOf(name);
        var sql = InventorySql.Select(CertificateStore.Columns, filter, filter.IsByExpiry);

        var plan = Explain(sql, InventorySql.Parameters(filter, InventoryPlace.GetStart(filter.IsByExpiry), 21))
            .ToList();

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain(index);
    }

    // What else reads certificates, and the index that it needs.
    public static TheoryData<string, string> Queries() =>
        new()
        {
            { "intents of a node", "certificates_unissued" },
            { "old intents", "certificates_unissued" },
            { "free key", "certificates_of_key" },
            { "request", "certificates_of_request" },
            { "last end of an authority", "certificates_of_authority" },
            { "serials of enrolments", "certificates_of_enrollment" },
            { "serials of edges", "certificates_of_edge" },
            { "notices", "certificates_long_lived" },
        };

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_WalksItsIndex(string name, string index)
    {
        var (sql, parameters) = QueryOf(name);

        var plan = Explain(sql, parameters).ToList();

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain(index);
    }

    // Each certificate pays for each of them: one that no query of these tests needs has to go.
    [Fact]
    public void Indexes_AreThoseThatQueriesNeed()
    {
        string[] others = ["certificates_forecast", "certificates_listed", "certificates_refused"]; // of their own tests

        Indexes()
            .Where(name => !IsOfAConstraint(name))
            .ShouldBe(
                Filters()
                    .Concat(Queries())
                    .Select(row => row.Data.Item2)
                    .Where(name => name.StartsWith("certificates_", StringComparison.Ordinal))
                    .Concat(others)
                    .Distinct(),
                ignoreOrder: true
            );

        static bool IsOfAConstraint(string name) =>
            name is "certificates_pkey" or "certificates_ordinal_key" or "certificates_serial_key"
            || name.StartsWith("sqlite_autoindex_", StringComparison.Ordinal);
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

    protected abstract IEnumerable<string> Indexes();

    private (string Sql, object Parameters) QueryOf(string name) =>
        name switch
        {
            "intents of a node" => (CertificateStore.IntentsOfNodeSql, new { pattern = "01%" }),
            "old intents" => (CertificateStore.OldIntentsSql, new { before = 1L }),
            "free key" => (
                CertificateStore.FreeKeySql,
                new
                {
                    SpkiSha256 = "aa",
                    Identity = "x",
                    PublicKey = Array.Empty<byte>(),
                    TunnelId = "tnl",
                }
            ),
            "request" => (CertificateStore.ByRequestSql, new { idempotencyKey = "key" }),
            "last end of an authority" => (CertificateStore.LastNotAfterSql, new { authorityId = "ca" }),
            "serials of enrolments" => (
                new AgentEnrollmentStore(store.Store.Database).SerialsSql,
                new { some = new[] { "agt" }, now = 1L }
            ),
            "serials of edges" => (
                new EdgeEnrollmentStore(store.Store.Database).SerialsSql,
                new { some = new[] { "edge" }, now = 1L }
            ),
            _ => (
                NoticeStore.LeavesSql,
                new
                {
                    from = 1L,
                    until = 2L,
                    after = "",
                    count = 1,
                }
            ),
        };

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
            "intent" => Own with { Status = InventoryStatus.Intent },
            "expiry" => Own with { ExpiresFrom = Day, ExpiresBefore = Day.AddDays(14) },
            _ => Own with { CaId = "ca", ExpiresBefore = Day },
        };
}
