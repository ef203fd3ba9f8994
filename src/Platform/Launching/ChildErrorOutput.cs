using System.Text;
using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Launching;

/// <summary>A child's standard error without possible secrets: its first and last lines. Never for a log.</summary>
public sealed partial class ChildErrorOutput
{
    /// <summary>Size of the first part, and of the last part.</summary>
    private const int MaxPartBytes = 4096;

    private const int MaxPartLines = 4;
    private const int MaxLine = 200;

    /// <summary>Shorter words occur in ordinary text, and masking them would make the text unreadable.</summary>
    private const int ShortestSecret = 4;

    private readonly byte[] first = new byte[MaxPartBytes];
    private readonly byte[] last = new byte[MaxPartBytes]; // a ring: byte n after the first part is at n % its length
    private readonly Lock guard = new();
    private long length;

    /// <summary>Reads to the end, so that the child never waits for a full pipe. Does not throw.</summary>
    public async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxPartBytes];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
            {
                Add(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The child was killed; its output until then counts.
        }
    }

    /// <summary>The output so far: at most eight lines, short and printable.</summary>
    /// <param name="output">The child's standard output: a token, or a part of one.</param>
    /// <param name="environment">The child's environment; only the usual variables cannot be secrets.</param>
    public IReadOnlyList<string> Lines(string output, IDictionary<string, string?> environment)
    {
        string[] secrets =
        [
            .. output
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Concat(
                    environment
                        .Where(variable => !ChildCommand.UsualEnvironment.Contains(variable.Key))
                        .Select(variable => variable.Value ?? "")
                )
                .Where(secret => secret.Length >= ShortestSecret)
                .OrderByDescending(secret => secret.Length),
        ];
        var lines = Text().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string[] told = [.. lines.Where(line => !line.StartsWith('+')).Select(line => Safe(line, secrets))];
        return told.Length <= 2 * MaxPartLines ? told : [.. told[..MaxPartLines], .. told[^MaxPartLines..]];
    }

    private void Add(ReadOnlySpan<byte> read)
    {
        lock (guard)
        {
            foreach (var octet in read)
            {
                var target = length < MaxPartBytes ? first : last;
                target[(int)(length++ % MaxPartBytes)] = octet;
            }
        }
    }

    private string Text()
    {
        lock (guard)
        {
            if (length <= MaxPartBytes)
            {
                return Encoding.UTF8.GetString(first, 0, (int)length);
            }

            var more = length - MaxPartBytes;
            if (more <= MaxPartBytes)
            {
                return Encoding.UTF8.GetString([.. first, .. last.AsSpan(0, (int)more)]);
            }

            // A partial line may contain the rest of a secret, which cannot be recognized.
            var begin = (int)(more % MaxPartBytes);
            var head = Encoding.UTF8.GetString(first);
            var tail = Encoding.UTF8.GetString([.. last.AsSpan(begin), .. last.AsSpan(0, begin)]);
            var full = tail.IndexOf('\n', StringComparison.Ordinal) + 1;
            return head[..(head.LastIndexOf('\n') + 1)] + (full > 0 ? tail[full..] : "");
        }
    }

    private static string Safe(string line, string[] secrets)
    {
        foreach (var secret in secrets)
        {
            line = line.Replace(secret, Redaction.Mark, StringComparison.Ordinal);
        }

        return ConfigText.Printable(Opaque().Replace(Redaction.Redact(line), Redaction.Mark), MaxLine);
    }

    // Matches keys, digests and tokens; words and names are shorter or have no digits.
    [GeneratedRegex("(?=[A-Za-z0-9_+=-]*[0-9])[A-Za-z0-9_+=-]{24,}")]
    private static partial Regex Opaque();
}
