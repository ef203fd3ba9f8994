using System.Globalization;

namespace Culvert.Identity.Service.Audit.Export;

/// <param name="Host">A name or an address, which its certificate must hold.</param>
/// <param name="Port">6514 where nothing is said (RFC 5425 §4.1).</param>
/// <param name="CaFile">The only roots that may vouch for it; null = the system's and those of <c>network.ca_bundle</c>.</param>
internal sealed record SyslogTarget(string Host, int Port, string? CaFile)
    : AuditTarget(string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{Port}"))
{
    public const string Scheme = "syslog+tls";
    public const int UsualPort = 6514;
}
