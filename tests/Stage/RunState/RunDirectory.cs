using Culvert.Stage.Processes;

namespace Culvert.Stage.RunState;

/// <summary>The state of one run: configuration, certificates, databases, logs and the ledger of its processes.</summary>
/// <param name="path">Where it lies.</param>
/// <param name="time">The clock.</param>
/// <param name="sharedPrograms">A folder with programs that several runs use and none changes; null = the run has a copy.</param>
internal sealed class RunDirectory(string path, TimeProvider time, string? sharedPrograms = null)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Programs = "bin";
    private const string LedgerFile = "processes";

    public string Path => path;

    public string Logs => System.IO.Path.Combine(path, "log");

    /// <summary>
    /// A copy of the programs: a build that runs meanwhile cannot change a file under a running process.
    /// </summary>
    public string Binaries => sharedPrograms ?? System.IO.Path.Combine(path, Programs);

    /// <summary>Whether <see cref="Binaries"/> belongs to this run alone, which then fills it.</summary>
    public bool OwnsBinaries => sharedPrograms is null;

    public ProcessLedger Ledger { get; } = new(System.IO.Path.Combine(path, LedgerFile));

    public bool Exists => Directory.Exists(path);

    public string LogFile(string name) => System.IO.Path.Combine(Logs, name + ".log");

    public string File(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([path, .. parts]);

    /// <summary>A folder of one part, private to this user: keys lie in it.</summary>
    public string Folder(string name)
    {
        var folder = System.IO.Path.Combine(path, name);
        Directory.CreateDirectory(folder, Private);
        return folder;
    }

    public void Create()
    {
        Directory.CreateDirectory(path, Private);
        Directory.CreateDirectory(Logs);
    }

    /// <summary>Takes over the files of a run that has ended, but not its logs and programs.</summary>
    public void CopyFrom(RunDirectory ended)
    {
        Create();
        foreach (var file in Directory.EnumerateFiles(ended.Path))
        {
            System.IO.File.Copy(file, File(System.IO.Path.GetFileName(file)), overwrite: true); // the mode comes along
        }

        System.IO.File.Delete(File(LedgerFile));
        string[] others = [ended.Logs, System.IO.Path.Combine(ended.Path, Programs)];
        foreach (var folder in Directory.EnumerateDirectories(ended.Path).Except(others, StringComparer.Ordinal))
        {
            CopyFolder(folder, File(System.IO.Path.GetFileName(folder)));
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to, System.IO.File.GetUnixFileMode(from));
        foreach (var file in Directory.EnumerateFiles(from))
        {
            System.IO.File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            CopyFolder(folder, System.IO.Path.Combine(to, System.IO.Path.GetFileName(folder)));
        }
    }

    public void Delete()
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Stops whatever the ledger names and is still that very process; asked first, killed after the grace.</summary>
    /// <returns>The names of those that had to be stopped.</returns>
    public async Task<IReadOnlyList<string>> StopRecordedAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var alive = Ledger.Read().Where(p => p.IsAlive).ToList();
        foreach (var process in alive)
        {
            Signals.Send(process, Signals.Terminate);
        }

        var deadline = time.GetUtcNow() + grace;
        while (alive.Exists(p => p.IsAlive) && time.GetUtcNow() < deadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }

        foreach (var process in alive)
        {
            Signals.SendToGroup(process, Signals.Kill);
        }

        while (alive.Exists(p => p.IsAlive) && time.GetUtcNow() < deadline + TimeSpan.FromSeconds(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }

        return [.. alive.Select(p => p.Name)];
    }
}
