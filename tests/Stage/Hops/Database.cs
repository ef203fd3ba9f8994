using System.Security.Cryptography;
using System.Text;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;
using Culvert.Testing.Postgres;

namespace Culvert.Stage.Hops;

/// <summary>
/// A PostgreSQL server of this installation alone: reached by a socket, without a port. Its folder lies under /tmp,
/// because the server runs as its own user and a checkout may be closed to it, and a socket's path must be short.
/// </summary>
internal sealed class Database
{
    public const string Name = "postgres";

    private const string DatabaseName = "culvert";

    private readonly RunDirectory run;
    private readonly TimeProvider time;

    public Database(RunDirectory run, TimeProvider time)
    {
        (this.run, this.time) = (run, time);
        Process = new ProgramProcess(
            new ProgramCommand(Name, Server[0], [.. Server.Skip(1)], new Dictionary<string, string>(), "/"),
            run.LogFile(Name),
            time
        );
    }

    public ProgramProcess Process { get; }

    public static string ConnectionString(RunDirectory run) =>
        PostgresPrograms.ConnectionString(FolderOf(run), DatabaseName);

    /// <summary>Whether this run's state is in a database of its own.</summary>
    public static bool Exists(RunDirectory run) => Directory.Exists(FolderOf(run));

    /// <summary>With the run's other state; the server must have ended.</summary>
    public static void Delete(RunDirectory run)
    {
        if (Exists(run))
        {
            Directory.Delete(FolderOf(run), recursive: true);
        }
    }

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        Delete(run);
        PostgresPrograms.MakeFolder(FolderOf(run));
        await Task.Run(() => PostgresPrograms.Initialise(DataFolder), cancellationToken);
    }

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilAsync(
            Process,
            async token =>
            {
                var probe = await ToolAsync("pg_isready", ["-q"], token);
                return probe.Succeeded ? "" : "it does not take connections yet";
            },
            TimeSpan.FromSeconds(60),
            time,
            cancellationToken
        );

    public async Task CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var result = await ToolAsync(
            "psql",
            ["-U", "postgres", "-qXc", $"CREATE DATABASE {DatabaseName}"],
            cancellationToken
        );
        if (!result.Succeeded)
        {
            throw new HopFailureException(Name, $"no database: {result.Error.Trim()}", Process.LogFile);
        }
    }

    private IReadOnlyList<string> Server => PostgresPrograms.Server(DataFolder, FolderOf(run));

    private string DataFolder => Path.Combine(FolderOf(run), "data");

    private Task<ToolResult> ToolAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        Tool.RunAsync(
            Path.Combine(PostgresPrograms.Folder, program),
            ["-h", FolderOf(run), .. arguments],
            "/",
            cancellationToken
        );

    // The same for every run in this folder, and another for any other.
    private static string FolderOf(RunDirectory run) =>
        Path.Combine(
            Path.GetTempPath(),
            "culvert-postgres-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(run.Path)))[..12]
        );
}
