using System.Diagnostics;
using System.Text;

namespace Culvert.Stage.Processes;

/// <summary>
/// Runs a command that exits on its own (openssl, culvert, the Inspector) and collects what it prints.
/// </summary>
internal static class Tool
{
    private static readonly IReadOnlyDictionary<string, string> NoAdditions = new Dictionary<string, string>();

    /// <param name="onError">Called with each line of standard error while the command runs.</param>
    public static async Task<ToolResult> RunAsync(
        string file,
        IEnumerable<string> arguments,
        string workingDirectory,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null,
        string? input = null,
        Func<string, Task>? onError = null
    )
    {
        var start = new ProcessStartInfo(file)
        {
            UseShellExecute = false,
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        ChildEnvironment.Apply(start, environment ?? NoAdditions);
        // What it asks is on loopback with certificates of this stage. To read the system's roots takes a short command of .NET
        // a third of its time.
        start.Environment["SSL_CERT_FILE"] = start.Environment["SSL_CERT_DIR"] = "/dev/null";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = onError is null
                ? process.StandardError.ReadToEndAsync(cancellationToken)
                : ReadLinesAsync(process.StandardError, onError, cancellationToken);
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
            var errors = await error; // first, because this one may fail while the command runs on
            await process.WaitForExitAsync(cancellationToken);
            return new ToolResult(process.ExitCode, await output, errors);
        }
        catch (Exception)
        {
            // Cancelled, or the caller's own failure: the command does not outlive this method.
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string> ReadLinesAsync(
        StreamReader lines,
        Func<string, Task> onLine,
        CancellationToken cancellationToken
    )
    {
        var all = new StringBuilder();
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            all.AppendLine(line);
            await onLine(line);
        }

        return all.ToString();
    }
}
