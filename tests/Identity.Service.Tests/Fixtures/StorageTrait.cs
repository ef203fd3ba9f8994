namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Marks the tests that run once on each database: on SQLite with all others, and again on PostgreSQL.</summary>
/// <remarks>
/// A test on a store of <see cref="StorageBackends.Default"/> is marked for one of two reasons. Its outcome can depend on
/// the database: conflicts, many requests at once, several nodes, errors of the store, restarts, crashes, backups, searches
/// in text. Or it runs a statement that no other test runs on PostgreSQL: <c>./test --all</c> fails when a statement of the
/// service ran on SQLite alone, and names it with tests that ran it. Not marked is what chooses its databases itself: the
/// suites of the stores with <c>OnSqlite</c> and <c>OnPostgres</c>, theories over <see cref="StorageBackend"/>, tests of
/// several nodes.
/// </remarks>
internal static class StorageTrait
{
    public const string Name = "Storage";

    public const string Both = "both";
}
