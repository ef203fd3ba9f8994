using System.Diagnostics;
using System.Text;
using Culvert.Stage;
using Culvert.Stage.Processes;

namespace Culvert.EndToEnd.Tests.Quickstart;

/// <summary>One run of the real script, without a terminal, with a state folder of its own.</summary>
internal sealed class QuickstartScript : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly Task reading;

    private QuickstartScript(string stateFolder, string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var root = Checkout.Find().Root;
        // A session of its own: signals that the test sends reach the script alone, as a service manager's would.
        // A test run that was itself started in the background has SIGINT ignored, and would hand that down.
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in (string[])
                ["env", "--default-signal=INT,TERM", Path.Combine(root, "quickstart"), .. arguments]
        )
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["QUICKSTART_STATE"] = stateFolder;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.StandardInput.Close();
        reading = Task.WhenAll(CollectAsync(process.StandardOutput), CollectAsync(process.StandardError));
    }

    public int Pid => process.Id;

    /// <summary>Both streams as far as they have come.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    public static QuickstartScript Start(
        string stateFolder,
        string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null
    ) => new(stateFolder, arguments, environment ?? new Dictionary<string, string>());

    public static async Task<(int ExitCode, string Output)> RunAsync(
        string stateFolder,
        string[] arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null
    )
    {
        await using var script = Start(stateFolder, arguments, environment);
        var code = await script.WaitForExitAsync(cancellationToken);
        return (code, script.Output);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        await reading.WaitAsync(cancellationToken);
        return process.ExitCode;
    }

    public async Task WaitForOutputAsync(string text, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (process.HasExited || TimeProvider.System.GetUtcNow() > deadline)
            {
                throw new InvalidOperationException($"'{text}' was never printed:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    public void Signal(int signal) => Signals.Send(ProcessStamp.Read("quickstart", process.Id), signal);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal(Signals.Terminate);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    private async Task CollectAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count and > 0)
        {
            lock (output)
            {
                output.Append(buffer, 0, count);
            }
        }
    }
}
