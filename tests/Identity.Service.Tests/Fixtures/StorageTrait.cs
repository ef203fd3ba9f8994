namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Marks the classes that run once on each database: on SQLite with all others, and again on PostgreSQL.</summary>
/// <remarks>
/// Marked are the classes that work on a store of <see cref="StorageBackends.Default"/>. Not marked are classes without a
/// store; those that choose their databases themselves (the suites of the stores with <c>OnSqlite</c> and
/// <c>OnPostgres</c>, theories over <see cref="StorageBackend"/>, tests of several nodes); and those whose every SQL
/// statement these suites or another marked class run on PostgreSQL, by the server's log of both, unless they test
/// commits, conflicts or errors of the store.
/// </remarks>
internal static class StorageTrait
{
    public const string Name = "Storage";

    public const string Both = "both";
}
