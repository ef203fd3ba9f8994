using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>Stops a statement at its deadline, or when its caller is gone. SQLite asks between two instructions.</summary>
internal sealed unsafe class SqlGuard(TimeProvider time, TimeSpan limit, CancellationToken cancellationToken)
{
    // Some ten microseconds of SQLite's work.
    private const int Instructions = 1000;

    [ThreadStatic]
    private static SqlGuard? current;

    private readonly long began = time.GetTimestamp();

    public bool IsOverdue { get; private set; }

    public void Attach(nint database)
    {
        current = this;
        SqliteApi.sqlite3_progress_handler(database, Instructions, &Ask, 0);
    }

    /// <summary>Whether the statement must stop now.</summary>
    public bool MustStop()
    {
        IsOverdue |= time.GetElapsedTime(began) >= limit;
        return IsOverdue || cancellationToken.IsCancellationRequested;
    }

    [UnmanagedCallersOnly]
    private static int Ask(nint context) => current!.MustStop() ? 1 : 0;
}
