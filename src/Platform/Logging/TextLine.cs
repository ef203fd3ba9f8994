using System.Buffers;
using System.Globalization;
using System.Text;
using Culvert.Platform.Configuration;
using Microsoft.Extensions.Logging;

namespace Culvert.Platform.Logging;

/// <summary>Formats an entry for people: time, level, message, then the exception on its own lines.</summary>
internal static class TextLine
{
    public static void Write(ArrayBufferWriter<byte> buffer, DateTimeOffset time, in LogLine line)
    {
        var text = new StringBuilder();
        text.Append(time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        text.Append(' ').Append(FormatLevel(line.Level)).Append(' ');
        AppendPrintable(text, line.Message);
        if (line.Repeated is { } repeated)
        {
            text.Append(CultureInfo.InvariantCulture, $" (repeated: {repeated})");
        }

        text.Append('\n');
        foreach (var part in line.ExceptionText?.Split('\n') ?? [])
        {
            text.Append("    ");
            AppendPrintable(text, part.TrimEnd('\r'));
            text.Append('\n');
        }

        buffer.Write(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string FormatLevel(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trc",
            LogLevel.Debug => "dbg",
            LogLevel.Information => "inf",
            LogLevel.Warning => "WRN",
            LogLevel.Error => "ERR",
            _ => "CRT",
        };

    // A message may contain text of a peer, which must not move the cursor or forge a second line.
    private static void AppendPrintable(StringBuilder text, string part)
    {
        foreach (var c in part)
        {
            text.Append(ConfigText.IsUnprintable(c) ? '\uFFFD' : c);
        }
    }
}
