namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>The databases that every store's contract holds on.</summary>
public enum StorageBackend
{
    Sqlite,
    Postgres,
}
