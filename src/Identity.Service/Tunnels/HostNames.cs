using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.Tunnels;

internal static class HostNames
{
    private const int MaxNameLength = 253;
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789-"
    );

    /// <summary>A DNS host name in lower case (RFC 1123 §2.1): no wildcard, no trailing dot, no address.</summary>
    public static bool IsDnsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !IPAddress.TryParse(name, out _) && name.Split('.').All(IsLabel);

    /// <summary><c>host:port</c> or <c>[v6]:port</c>, port 1–65535.</summary>
    public static bool IsHostAndPort(string text) =>
        HostPort.TryParse(text, out var parsed)
        && (parsed.Host.Contains(':') || IsDnsName(parsed.Host) || IsIPv4(parsed.Host));

    private static bool IsIPv4(string host) =>
        IPAddress.TryParse(host, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == host;

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength
        && label[0] != '-'
        && label[^1] != '-'
        && !label.AsSpan().ContainsAnyExcept(LabelCharacters);
}
