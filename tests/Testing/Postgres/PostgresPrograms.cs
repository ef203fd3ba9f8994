using System.Diagnostics;
using System.Globalization;

namespace Culvert.Testing.Postgres;

/// <summary>
/// Where PostgreSQL's programs are and how they are run: never as root, so that root runs them as the user that the
/// package made.
/// </summary>
public static class PostgresPrograms
{
    private const string User = "postgres";
    private const int OldestVersion = 15;

    /// <summary>The newest installed version's folder of programs. Throws when there is none.</summary>
    public static string Folder { get; } =
        Directory.Exists("/usr/lib/postgresql")
        && Directory
            .GetDirectories("/usr/lib/postgresql")
            .Where(folder => VersionOf(folder) >= OldestVersion && File.Exists(Path.Combine(folder, "bin", "initdb")))
            .MaxBy(VersionOf)
            is { } newest
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException(
                $"PostgreSQL {OldestVersion} or later is not installed: apt-get install postgresql-{OldestVersion}"
            );

    /// <summary>The command that runs one of the programs.</summary>
    public static IReadOnlyList<string> Command(string program, params IReadOnlyList<string> arguments) =>
        [
            .. Environment.IsPrivilegedProcess
                ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups"]
                : Array.Empty<string>(),
            Path.Combine(Folder, program),
            .. arguments,
        ];

    /// <summary>The server in the foreground, on a socket in that folder alone.</summary>
    public static IReadOnlyList<string> Server(
        string dataFolder,
        string socketFolder,
        PostgresDurability durability = PostgresDurability.Full
    )
    {
        var flushes = durability == PostgresDurability.Full ? "on" : "off";
        string[] settings =
        [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            $"fsync={flushes}",
            $"synchronous_commit={flushes}",
            $"full_page_writes={flushes}",
            "max_connections=300",
            "shared_buffers=64MB",
            "wal_level=minimal",
            "max_wal_senders=0",
            // It visits every database of the server.
            $"autovacuum={flushes}",
        ];
        return Command(
            "postgres",
            ["-D", dataFolder, "-k", socketFolder, .. settings.SelectMany(setting => new[] { "-c", setting })]
        );
    }

    /// <summary>An empty folder that the server's user owns.</summary>
    public static string MakeFolder(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (Environment.IsPrivilegedProcess)
        {
            Run(["chown", $"{User}:{User}", path]);
        }

        return path;
    }

    /// <summary>Makes a cluster whose only protection is who can reach its socket.</summary>
    public static void Initialise(string dataFolder) =>
        Run(Command("initdb", "-D", dataFolder, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));

    /// <summary>The connection string of a database behind that socket.</summary>
    public static string ConnectionString(string socketFolder, string database) =>
        $"Host={socketFolder};Username={User};Database={database}";

    /// <summary>Runs a program of PostgreSQL or of the system to its end; throws with its output when it fails.</summary>
    public static void Run(IReadOnlyList<string> command)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command.Skip(1))
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                WorkingDirectory = "/",
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command[^1]}: {string.Join(' ', command)}\n{error.Result}{output}");
        }
    }

    private static int VersionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : 0;
}
