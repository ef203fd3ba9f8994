using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Testing.Postgres;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// A database of the shared PostgreSQL server. It is made when it is first connected to, and dropped when the last service
/// or store that uses it is disposed of.
/// </summary>
internal sealed class TestDatabase
{
    private readonly Lazy<string> connection;
    private string? template;
    private int users;

    private TestDatabase() => connection = new Lazy<string>(() => PostgresServer.Shared.CreateDatabase(template));

    public string Connection => connection.Value;

    public static PostgresOptions NewOptions() => new(new TestDatabase().Connect) { MaxConnections = 10 };

    /// <summary>The database behind these options; null = it is SQLite, or on a server of the test's own.</summary>
    public static TestDatabase? Find(ServiceOptions options) =>
        options.Storage.Postgres?.ReadConnection.Target as TestDatabase;

    /// <summary>Makes it as a copy of another one, to which nothing is connected.</summary>
    public void CopyFrom(string connectionOfTemplate)
    {
        template = connectionOfTemplate;
        if (connection.IsValueCreated)
        {
            throw new InvalidOperationException("The database exists already.");
        }
    }

    public void AddUser() => Interlocked.Increment(ref users);

    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref users) == 0 && connection.IsValueCreated)
        {
            PostgresServer.Shared.DropDatabase(Connection);
        }
    }

    private string Connect() => Connection;
}
