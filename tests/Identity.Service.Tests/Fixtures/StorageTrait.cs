namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Marks the classes that run once on each database: on SQLite with all others, and again on PostgreSQL.</summary>
/// <remarks>
/// Marked is every class that works on a store of <see cref="StorageBackends.Default"/>. Not marked are classes without a
/// store, and those that choose their databases themselves: the suites of the stores (<c>OnSqlite</c>, <c>OnPostgres</c>),
/// theories over <see cref="StorageBackend"/>, tests of several nodes.
/// </remarks>
internal static class StorageTrait
{
    public const string Name = "Storage";

    public const string Both = "both";
}
