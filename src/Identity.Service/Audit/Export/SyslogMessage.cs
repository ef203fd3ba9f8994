using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>An entry as a syslog message (RFC 5424) in an octet-counted frame (RFC 5425 §4.3).</summary>
internal static class SyslogMessage
{
    // §6.2.1: facility 13 (log audit), severity 6 (informational). The entry itself contains the outcome.
    private const int Priority = (13 * 8) + 6;
    private const int MaxHostName = 255;
    private const string Nil = "-";

    private static readonly string HostName = Printable(Environment.MachineName);

    public static void Write(Stream to, ExportedEntry exported)
    {
        // §6: VERSION 1, PROCID nil, MSGID audit, no structured data. The message is ASCII, so no byte order mark (§6.4).
        var header = Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<{Priority}>1 {exported.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {HostName} identity-service {Nil} audit {Nil} "
            )
        );
        var line = AuditLine.Format(exported);
        to.Write(
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{header.Length + line.Length} "))
        );
        to.Write(header);
        to.Write(line);
    }

    // §6: PRINTUSASCII.
    private static string Printable(string name)
    {
        var kept = string.Concat(name.Where(c => c is > ' ' and <= '~').Take(MaxHostName));
        return kept.Length == 0 ? Nil : kept;
    }
}
