namespace Culvert.Identity.Service.Tests.Fixtures;

internal static class StorageBackends
{
    /// <summary>
    /// What tests of the whole service run on: SQLite, unless CULVERT_TEST_STORAGE is "postgres", which <c>./test</c> sets
    /// for a second run of the classes with <see cref="StorageTrait"/>.
    /// </summary>
    public static StorageBackend Default { get; } =
        Environment.GetEnvironmentVariable("CULVERT_TEST_STORAGE") == "postgres"
            ? StorageBackend.Postgres
            : StorageBackend.Sqlite;
}
