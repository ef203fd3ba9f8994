using System.Diagnostics;
using Culvert.Platform.Programs;

namespace Culvert.Platform.Launching;

/// <summary>
/// A long-running program in its own session, so that Ctrl-C in the terminal reaches only the caller. Its output is
/// appended to its log. A restart runs the same command again.
/// </summary>
public sealed class ProgramProcess(ProgramCommand command, string logFile, TimeProvider time) : IDisposable
{
    private Process? process;

    public string Name => command.Name;

    public string LogFile => logFile;

    public ProcessStamp Stamp { get; private set; } = new(command.Name, 0, 0);

    public bool IsAlive => Stamp.IsAlive;

    public void Start()
    {
        // setsid does not fork, because a new child leads no group: the process id is the program's own. The shell
        // opens the log and is then replaced; $0 is the log's name, so nothing needs quoting.
#pragma warning disable RS0030 // a program of the system that is set up, with the environment of its command
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = command.EndsWithCaller,
        };
        var input = command.EndsWithCaller ? "" : " </dev/null";
        string[] wrapper = ["/bin/sh", "-c", $"exec \"$@\" >>\"$0\" 2>&1{input}", logFile, command.File];
        foreach (var argument in wrapper.Concat(command.Arguments))
        {
            start.ArgumentList.Add(argument);
        }

        ChildEnvironment.Apply(start, command.Environment);
        if (command.EndsWithCaller)
        {
            start.Environment[ProgramHost.EndWithInput] = "1";
        }

        process?.Dispose();
        process = Process.Start(start) ?? throw new InvalidOperationException($"{command.File} did not start.");
#pragma warning restore RS0030
        Stamp = ProcessStamp.Read(Name, process.Id);
    }

    /// <summary>Represents a process that another run of the caller started.</summary>
    public void Attach(ProcessStamp running) => Stamp = running;

    /// <summary>Kills the process and everything in its group at once, like a power failure.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Signals.SendToGroup(Stamp, Signals.Kill);
        await WaitForEndAsync(TimeSpan.FromSeconds(5), cancellationToken);
    }

    /// <summary>Requests a stop, and kills the group when it has not exited within the grace period.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        Signals.Send(Stamp, Signals.Terminate);
        if (!await WaitForEndAsync(grace, cancellationToken))
        {
            await KillAsync(cancellationToken);
        }
    }

    public async Task<bool> WaitForEndAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + limit;
        while (Stamp.IsAlive)
        {
            if (time.GetUtcNow() >= deadline)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }

        return true;
    }

    /// <summary>Null while it runs, or when it was started by another run of the caller.</summary>
    public int? ExitCode =>
        // The kernel may show the process as gone a moment before the runtime has reaped it.
        !IsAlive && process is { } ended && ended.WaitForExit(TimeSpan.FromSeconds(1))
            ? ended.ExitCode
            : null;

    /// <summary>Releases the process. A process bound to its caller stops; other processes continue.</summary>
    public void Dispose() => process?.Dispose();
}
