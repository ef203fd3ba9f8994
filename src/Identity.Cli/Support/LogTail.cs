using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Support;

/// <summary>The end of a log, where the trouble is.</summary>
internal static class LogTail
{
    /// <summary>Of one log.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It is not for this user.</exception>
    /// <exception cref="NotSupportedException">It has no end.</exception>
    public static string Read(string log, DateTimeOffset from)
    {
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, MaxBytes), SeekOrigin.End);
        using var text = new StreamReader(file);
        var kept = new StringBuilder();
        while (text.ReadLine() is { } line)
        {
            if (FindTime(line) is not { } at || at >= from)
            {
                kept.Append(line).Append('\n');
            }
        }

        return kept.ToString();
    }

    // Our programs write JSON lines with ts; of other lines no time is known, and they stay.
    private static DateTimeOffset? FindTime(string line)
    {
        try
        {
            return
                line.StartsWith('{')
                && WireJson.Parse(line).Text("ts") is { } time
                && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, out var at)
                ? at
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
