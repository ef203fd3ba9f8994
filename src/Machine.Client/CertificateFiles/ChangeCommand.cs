using System.Diagnostics;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Launching;
using Culvert.Platform.Timing;

namespace Culvert.Machine.Client.CertificateFiles;

/// <summary>The operator's command after a change (<c>nginx -s reload</c>), without a shell and with a time limit.</summary>
public sealed class ChangeCommand
{
    private const int MaxShown = 300;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private readonly string[] words;

    private ChangeCommand(string[] words) => this.words = words;

    /// <summary>Splits at blanks; quotes hold words together, nothing is expanded. Null when empty or unbalanced.</summary>
    public static ChangeCommand? Parse(string text)
    {
        var found = new List<string>();
        var word = new StringBuilder();
        var (inside, hasWord) = ('\0', false);
        foreach (var c in text)
        {
            if (inside != '\0')
            {
                if (c == inside)
                {
                    inside = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                (inside, hasWord) = (c, true);
            }
            else if (c is ' ' or '\t')
            {
                End();
            }
            else
            {
                word.Append(c);
                hasWord = true;
            }
        }

        End();
        return inside == '\0' && found.Count > 0 && found[0].Length > 0 ? new ChangeCommand([.. found]) : null;

        void End()
        {
            if (hasWord)
            {
                found.Add(word.ToString());
                word.Clear();
                hasWord = false;
            }
        }
    }

    public IReadOnlyList<string> Words => words;

    /// <summary>Runs the command until it exits. Null: exit code 0; else a sentence that describes the failure.</summary>
    public async Task<string?> RunAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(Timeout, time, cancellationToken);
        var said = new StringBuilder();
        using var process = ChildCommand.TryStart(words, ChildCommand.SessionEnvironment, out var problem);
        if (process is null)
        {
            return $"{words[0]} {problem}";
        }

        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        try
        {
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await ExitAsync(process, limit.Token);
            lock (said)
            {
                return process.ExitCode == 0
                    ? null
                    : $"{words[0]} exited with status {process.ExitCode}: {ConfigText.Printable(said.ToString().Trim(), MaxShown)}";
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{words[0]} did not exit within {Timeout.TotalSeconds} s";
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        // The last lines of the output usually contain the reason.
        void Note(string? line)
        {
            lock (said)
            {
                if (line is { Length: > 0 })
                {
                    said.Append(line).Append(' ');
                    if (said.Length > 4 * MaxShown)
                    {
                        said.Remove(0, said.Length - MaxShown);
                    }
                }
            }
        }
    }

    // A server that the command started may keep its output open, so only the command's own exit counts.
    private static async Task ExitAsync(Process process, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var whole = process.WaitForExitAsync(patience.Token);
        while (!whole.IsCompleted && !process.HasExited)
        {
            await Task.WhenAny(
                whole,
                Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken)
            );
            cancellationToken.ThrowIfCancellationRequested();
        }

        await Task.WhenAny(whole, Task.Delay(OutputGrace, TimeProvider.System, cancellationToken));
        await patience.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public override string ToString() => words[0];
}
