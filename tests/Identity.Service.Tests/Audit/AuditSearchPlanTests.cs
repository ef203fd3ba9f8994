using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit;

/// <summary>
/// The journal only grows: no search reads it all, nor sorts it. What a planner says of an empty table with sequential scans
/// switched off is what it can do on a full one.
/// </summary>
public abstract class AuditSearchPlanTests(StorageBackend backend) : IDisposable
{
    private readonly StoreUnderTest store = new(backend);

    public sealed class OnSqlite() : AuditSearchPlanTests(StorageBackend.Sqlite)
    {
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
            (line.StartsWith("SCAN journal", StringComparison.Ordinal) && !line.Contains("USING"))
            || line.Contains("TEMP B-TREE");

        protected override string OrdinalIndex => "sqlite_autoindex_journal";
    }

    public sealed class OnPostgres() : AuditSearchPlanTests(StorageBackend.Postgres)
    {
        protected override IEnumerable<string> Explain(string sql, object parameters)
        {
            using var connection = Open();
            connection.Execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
            return [.. connection.Query<string>("EXPLAIN " + sql, parameters)];
        }

        protected override bool IsBad(string line) => line.Contains("Seq Scan on journal");

        protected override string OrdinalIndex => "journal_ordinal_key";
    }

    protected abstract string OrdinalIndex { get; }

    [Fact]
    public void ByEvents_One_WalksItsIndexInOrder() =>
        ShouldWalk(AuditSearchSql.ByEvents(["a"]), "journal_events", ["a"]);

    // The newest of each, merged: only as many rows are sorted as a page has for each event.
    [Fact]
    public void ByEvents_Several_WalkTheirIndexOnceEach()
    {
        var plan = Plan(AuditSearchSql.ByEvents(["a", "b", "c"]), ["a", "b", "c"]);

        plan.ShouldNotContain(line => line.Contains("Seq Scan on journal") || line == "SCAN journal");
        plan.Count(line => line.Contains("journal_events")).ShouldBe(3, string.Join('\n', plan));
    }

    [Fact]
    public void Walk_AnyEvent_FollowsTheOrdinals() => ShouldWalk(AuditSearchSql.Walk(null), OrdinalIndex, null);

    [Fact]
    public void Walk_Exchanges_FollowsTheOrdinals() =>
        ShouldWalk(
            AuditSearchSql.Walk([AuditEvents.FederatedAuthentication]),
            OrdinalIndex,
            [AuditEvents.FederatedAuthentication]
        );

    [Fact]
    public void Floor_CountsAlongTheOrdinals() => ShouldWalk(AuditSearchSql.Floor, OrdinalIndex, null);

    [Fact]
    public void ByRequest_UsesItsIndex()
    {
        var plan = Plan(AuditSearchSql.ByRequest(null), null);

        string.Join('\n', plan).ShouldContain("journal_requests");
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IEnumerable<string> Explain(string sql, object parameters);

    protected abstract bool IsBad(string line);

    protected System.Data.Common.DbConnection Open() => store.Store.Database.OpenWrite();

    private void ShouldWalk(string sql, string index, IReadOnlyList<string>? events)
    {
        var plan = Plan(sql, events);

        plan.ShouldNotContain(line => IsBad(line), string.Join('\n', plan));
        string.Join('\n', plan).ShouldContain(index);
    }

    private List<string> Plan(string sql, IReadOnlyList<string>? events)
    {
        var query = new AuditQuery
        {
            OrganizationId = "org",
            Events = events,
            RequestId = "req",
        };
        var parameters = AuditSearch.CreateParameters(query, long.MaxValue, 0, 21);
        parameters.Add("Skip", 100);
        return [.. Explain(sql, parameters)];
    }
}
