using System.Globalization;

namespace Culvert.Identity.Service.Audit.Export;

/// <param name="Host">A name or address, which its certificate must contain.</param>
/// <param name="Port">Default 6514 (RFC 5425 §4.1).</param>
/// <param name="CaFile">The only trusted roots; null = the system's and those of <c>network.ca_bundle</c>.</param>
internal sealed record SyslogTarget(string Host, int Port, string? CaFile)
    : AuditTarget(string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{Port}"))
{
    public const string Scheme = "syslog+tls";
    public const int UsualPort = 6514;
}
