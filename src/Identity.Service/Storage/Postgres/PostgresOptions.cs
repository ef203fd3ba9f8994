namespace Culvert.Identity.Service.Storage.Postgres;

/// <param name="ReadConnection">Reads the connection string at each start; it may contain a password.</param>
internal sealed record PostgresOptions(Func<string> ReadConnection)
{
    /// <summary>Read connections; the journal and the change watch have one more each.</summary>
    public int MaxConnections { get; init; } = 20;
}
