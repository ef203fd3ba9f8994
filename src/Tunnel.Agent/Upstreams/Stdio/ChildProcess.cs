using System.ComponentModel;
using System.Diagnostics;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>A running program in its own process group, with only the environment variables that the route names.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // util-linux and BusyBox: the program becomes the leader of a new session and group, under the same process id.
    private static readonly string[] SetSidPaths = ["/usr/bin/setsid", "/bin/setsid"];

    private readonly Process process;
    private readonly bool isGrouped;
    private readonly TimeSpan grace;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private Task? stopping; // guarded by the gate

    private ChildProcess(
        Process process,
        bool isGrouped,
        IReadOnlyList<string> secrets,
        TimeSpan grace,
        TimeProvider time
    )
    {
        this.process = process;
        this.isGrouped = isGrouped;
        this.grace = grace;
        this.time = time;
        Secrets = secrets;
        Id = process.Id;
        Exited = WaitAsync();
    }

    public int Id { get; }

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Errors => process.StandardError.BaseStream;

    /// <summary>Values that the program received by reference. None of them may appear in the log.</summary>
    public IReadOnlyList<string> Secrets { get; }

    /// <summary>Completes with the exit status; 128 and more is a signal.</summary>
    public Task<int> Exited { get; }

    /// <summary>Returns null, with a sentence for the log, if the program cannot be started.</summary>
    public static ChildProcess? TryStart(StdioSettings settings, TimeProvider time, out string problem)
    {
        try
        {
#pragma warning disable RS0030 // its environment is the route's, and setsid starts it
            var start = new ProcessStartInfo
            {
                WorkingDirectory = settings.WorkingDirectory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            var secrets = Fill(start.Environment, settings);
            start.Environment.TryGetValue("PATH", out var path);
            if (Find(settings.Command[0], settings.WorkingDirectory, path) is not { } program)
            {
                problem = $"The program {settings.Command[0]} was not found.";
                return null;
            }

            var setSid = SetSidPaths.FirstOrDefault(File.Exists);
            start.FileName = setSid ?? program;
            foreach (var argument in setSid is null ? settings.Command.Skip(1) : [program, .. settings.Command.Skip(1)])
            {
                start.ArgumentList.Add(argument);
            }

            var process = new Process { StartInfo = start };
            process.Start();
#pragma warning restore RS0030
            problem = "";
            return new ChildProcess(process, setSid is not null, secrets, settings.Stop, time);
        }
        catch (Exception e) when (e is Win32Exception or IOException or SecretUnavailableException)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Requests the program to exit, and kills it after the grace period. Completes when it has exited.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            return stopping ??= EndAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    private async Task EndAsync()
    {
        if (!Exited.IsCompleted)
        {
            try
            {
                Input.Close(); // closing its input is how MCP requests a program to exit
            }
            catch (IOException)
            {
                // The program no longer reads.
            }

            Signal(PosixSignals.Terminate);
            try
            {
                await Exited.WaitAsync(grace, time);
            }
            catch (TimeoutException)
            {
                Signal(PosixSignals.Kill);
            }
        }

        await Exited; // also kills its group
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync(CancellationToken.None);
        if (isGrouped)
        {
            PosixSignals.Send(-Id, PosixSignals.Kill); // processes that it left behind
        }

        return process.ExitCode;
    }

    // The group may not exist yet, between fork and setsid, or may be gone.
    private void Signal(int signal)
    {
        if (isGrouped && PosixSignals.Send(-Id, signal))
        {
            return;
        }

        if (Exited.IsCompleted || process.HasExited)
        {
            return;
        }

        if (!isGrouped && signal == PosixSignals.Kill)
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            PosixSignals.Send(Id, signal);
        }
    }

    private static List<string> Fill(IDictionary<string, string?> environment, StdioSettings settings)
    {
        environment.Clear();
        foreach (var name in settings.InheritEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                environment[name] = value;
            }
        }

        var secrets = new List<string>();
        foreach (var (name, value) in settings.Environment)
        {
            var text = value.Read();
            environment[name] = text;
            if (value.IsReference)
            {
                secrets.Add(text);
            }
        }

        return secrets;
    }

    private static string? Find(string command, string folder, string? path) =>
        command.Contains('/', StringComparison.Ordinal)
            ? Existing(Path.GetFullPath(command, folder))
            : (path ?? "")
                .Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => Existing(Path.Combine(p, command)))
                .FirstOrDefault(p => p is not null);

    private static string? Existing(string file) => File.Exists(file) ? file : null;
}
