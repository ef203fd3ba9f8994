namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>A PostgreSQL database that several nodes may share.</summary>
/// <param name="ReadConnection">The connection string, read again at each start: it may hold a password.</param>
internal sealed record PostgresOptions(Func<string> ReadConnection)
{
    /// <summary>Connections for reading; the journal and the watch of changes have one more each.</summary>
    public int MaxConnections { get; init; } = 20;
}
