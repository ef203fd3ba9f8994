using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <param name="State"><c>pending</c>, <c>active</c> or <c>suspended</c>.</param>
/// <param name="Approved">An operator approved it, so no proof is checked.</param>
/// <param name="TxtName">The name of the proof's TXT record.</param>
/// <param name="CnameTarget">The target for the name's CNAME record.</param>
/// <param name="CheckResult">
/// <c>proven</c>, <c>missing</c>, <c>unreachable</c> or <c>unavailable</c>; null before the first check.
/// </param>
internal sealed record HostnameDocument(
    string TunnelId,
    string Name,
    string State,
    bool Approved,
    string TxtName,
    string TxtValue,
    string CnameTarget,
    DateTime CreatedAt,
    DateTime? ActiveAt,
    DateTime? CheckedAt,
    string? CheckResult,
    long Misses
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_hostname";
}
