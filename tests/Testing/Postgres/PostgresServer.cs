using System.Diagnostics;
using System.Globalization;
using Culvert.Testing;
using Npgsql;

namespace Culvert.Testing.Postgres;

/// <summary>
/// A PostgreSQL server of this test process: in a private folder, without a port. A shell watches over it: when the
/// test process ends, however it ends, so does the server, and its folder goes.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    // Waits for its standard input to end, which the kernel sees to even after SIGKILL.
    private const string Guard =
        "trap '' INT TERM HUP; folder=$1; shift; \"$@\" </dev/null >>\"$folder/log\" 2>&1 & server=$!; read -r reason; "
        + "kill -QUIT $server 2>/dev/null; wait $server; [ \"$reason\" = keep ] || rm -rf \"$folder\"";

    private static readonly Lazy<PostgresServer> SharedServer = new(() => new PostgresServer(PostgresDurability.None));

    private readonly PostgresDurability durability;
    private readonly string folder;
    private readonly NpgsqlDataSource administration;
    private Process guard;
    private int databases;

    public PostgresServer(PostgresDurability durability)
    {
        this.durability = durability;
        folder = PostgresPrograms.MakeFolder(Directory.CreateTempSubdirectory("culvert-postgres-").FullName);
        PostgresPrograms.Initialise(DataFolder);
        administration = NpgsqlDataSource.Create(PostgresPrograms.ConnectionString(folder, "postgres"));
        guard = Launch();
    }

    /// <summary>One for all tests of this process, which flushes nothing; ends with it.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    public string SocketFolder => folder;

    private string DataFolder => Path.Combine(folder, "data");

    /// <summary>Makes a database; its connection string.</summary>
    /// <param name="template">The database that it is a copy of, to which nothing is connected; null = it is empty.</param>
    public string CreateDatabase(string? template = null)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        // Copying files takes half of what copying through the log does, where nothing is flushed.
        Administer(
            $"CREATE DATABASE {name} TEMPLATE {(template is null ? "template1" : NameOf(template))} STRATEGY FILE_COPY"
        );
        return PostgresPrograms.ConnectionString(folder, name);
    }

    /// <summary>Removes a database of <see cref="CreateDatabase"/> and ends the connections to it.</summary>
    public void DropDatabase(string connection) => Administer($"DROP DATABASE {NameOf(connection)} WITH (FORCE)");

    /// <summary>SIGKILL to every process of the server at once, as a power failure would.</summary>
    public void Crash()
    {
        var postmaster = Postmaster();
        var all = ChildrenOf(postmaster).Append(postmaster).ToList();
        foreach (var id in all)
        {
            Kill(id);
        }

        foreach (var id in all)
        {
            SpinWait.SpinUntil(() => !IsAlive(id), Eventually.Limit);
        }

        End(guard, keep: true);
        guard = Launch();
    }

    public void Dispose()
    {
        administration.Dispose();
        End(guard, keep: false);
        guard.Dispose();
    }

    private static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    private void Administer(string sql)
    {
        using var command = administration.CreateCommand(sql);
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    private Process Launch()
    {
        File.Delete(Path.Combine(DataFolder, "postmaster.pid"));
        var process = Process.Start(
            new ProcessStartInfo(
                "sh",
                ["-c", Guard, "guard", folder, .. PostgresPrograms.Server(DataFolder, folder, durability)]
            )
            {
                RedirectStandardInput = true,
                WorkingDirectory = "/",
            }
        )!;
        var watch = Stopwatch.StartNew();
        while (!IsReady())
        {
            if (process.HasExited || watch.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new InvalidOperationException(
                    "PostgreSQL does not start:\n" + File.ReadAllText(Path.Combine(folder, "log"))
                );
            }

            process.WaitForExit(TimeSpan.FromMilliseconds(20));
        }

        return process;
    }

    private bool IsReady()
    {
        using var probe = Process.Start(
            new ProcessStartInfo(Path.Combine(PostgresPrograms.Folder, "pg_isready"), ["-q", "-h", folder])
            {
                WorkingDirectory = "/",
            }
        )!;
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    private static void End(Process guard, bool keep)
    {
        try
        {
            guard.StandardInput.WriteLine(keep ? "keep" : "");
            guard.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It has gone already.
        }

        guard.WaitForExit(TimeSpan.FromSeconds(20));
    }

    private int Postmaster() =>
        int.Parse(File.ReadLines(Path.Combine(DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static IEnumerable<int> ChildrenOf(int parent) =>
        File.ReadAllText($"/proc/{parent}/task/{parent}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static bool IsAlive(int id)
    {
        try
        {
            // A zombie is dead: its parent has not asked yet.
            return File.ReadAllText($"/proc/{id}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has already exited.
        }
    }
}
