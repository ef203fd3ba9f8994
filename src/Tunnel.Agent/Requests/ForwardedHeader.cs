using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Writes the <c>Forwarded</c> header (RFC 7239): the client's address and the host that it requested (P6).
/// </summary>
internal static class ForwardedHeader
{
    public static string Format(IPAddress client, string host)
    {
        var address = client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client;

        // RFC 7239 §6: an IPv6 address is bracketed, and quoted because brackets and colons are not token characters.
        var node = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"\"[{address}]\"" : address.ToString();

        // A host with a port contains a colon and is quoted too. It contains no quote: it equals the server name by
        // now.
        var quoted = host.Contains(':', StringComparison.Ordinal) ? $"\"{host}\"" : host;
        return $"for={node};host={quoted};proto=https";
    }
}
