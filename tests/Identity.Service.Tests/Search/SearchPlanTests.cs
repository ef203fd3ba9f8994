using Culvert.Identity.Service.Search;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Search;

/// <summary>
/// An id is looked up in every kind, so no kind may read its table for it. What a planner says of an empty table with
/// sequential scans switched off is what it can do on a full one.
/// </summary>
public abstract class SearchPlanTests(StorageBackend backend) : IDisposable
{
    private readonly StoreUnderTest store = new(backend);

    public sealed class OnSqlite() : SearchPlanTests(StorageBackend.Sqlite)
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

        protected override bool IsGood(string plan) => !plan.Contains("SCAN") && plan.Contains("(id=?)");
    }

    public sealed class OnPostgres() : SearchPlanTests(StorageBackend.Postgres)
    {
        protected override IEnumerable<string> Explain(string sql, object parameters)
        {
            using var connection = Open();
            connection.Execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
            return [.. connection.Query<string>("EXPLAIN " + sql, parameters)];
        }

        protected override bool IsGood(string plan) => !plan.Contains("Seq Scan") && plan.Contains("_pkey");
    }

    public static TheoryData<string> Kinds() =>
        [.. SearchKind.All.Where(kind => kind.IdColumn is not null).Select(kind => kind.Type)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ById_EachKind_UsesItsPrimaryKey(string type)
    {
        var plan = string.Join(
            '\n',
            Explain(
                SearchKind.All.Single(kind => kind.Type == type).ById,
                new
                {
                    OrganizationId = "org",
                    WorkspaceId = (string?)null,
                    Text = "id",
                }
            )
        );

        IsGood(plan).ShouldBeTrue(plan);
    }

    public void Dispose()
    {
        store.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IEnumerable<string> Explain(string sql, object parameters);

    protected abstract bool IsGood(string plan);

    protected System.Data.Common.DbConnection Open() => store.Store.Database.OpenWrite();
}
