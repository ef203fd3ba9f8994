using System.Text;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Launching;

/// <summary>One run of a program that an operator configured (<see cref="ChildCommand"/>), with limits.</summary>
public sealed record ChildRun
{
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Names of variables to pass on; a star at the end matches any suffix.</summary>
    public required IReadOnlyList<string> Inherited { get; init; }

    /// <summary>Written to its standard input.</summary>
    public string Input { get; init; } = "";

    public required TimeSpan Timeout { get; init; }

    public required int MaxOutputBytes { get; init; }

    /// <summary>Runs the program; when it fails, no process of it is left running.</summary>
    public async Task<ChildResult> RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(Timeout, time, cancellationToken);
        using var process = ChildCommand.TryStart(Command, Inherited, out var problem);
        if (process is null)
        {
            return new ChildResult { Problem = problem };
        }

        var (errors, output) = (new ChildErrorOutput(), "");
        ChildResult Failed(string how) =>
            new() { Problem = how, ErrorOutput = errors.Lines(output, process.StartInfo.Environment) };

        try
        {
            var draining = errors.DrainAsync(process.StandardError.BaseStream, limit.Token);
            await WriteAsync(process.StandardInput, limit.Token);
            if (await ReadAsync(process.StandardOutput.BaseStream, limit.Token) is not { } whole)
            {
                return new ChildResult { Problem = $"printed more than {MaxOutputBytes} bytes", IsTooLong = true };
            }

            output = whole;
            await draining;
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? new ChildResult { Output = output }
                : Failed($"exited with status {process.ExitCode}; run it manually to see why");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"did not exit within {Timeout.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private async Task WriteAsync(StreamWriter input, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(Input.AsMemory(), cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // The program did not read all input; its exit status shows the result.
        }
    }

    private async Task<string?> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxOutputBytes + 1];
        var length = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length < buffer.Length ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
