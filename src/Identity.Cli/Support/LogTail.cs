using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Support;

internal static class LogTail
{
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read the file.</exception>
    /// <exception cref="NotSupportedException">The file has no end, for example a pipe.</exception>
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

    // Our programs write JSON lines with ts; lines without a time are kept.
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
