using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Culvert.Platform.Addresses;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// <c>cidr</c>: an IP address inside a range. IPv4 is four decimal numbers without leading zeros; IPv6 is hexadecimal,
/// without a zone, and in no form that embeds an IPv4 address.
/// </summary>
internal sealed class AddressCondition(AddressRanges ranges) : ValueCondition("cidr", ValueKinds.Text)
{
    private const int MaxIpv4Characters = 15;
    private const int MaxIpv6Characters = 39;

    // IPv4-compatible and -mapped (RFC 4291 §2.5.5), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380): a
    // connection there may reach the embedded IPv4 address, which no IPv6 range describes.
    private static readonly IPNetwork[] Carriers =
    [
        IPNetwork.Parse("::/96"),
        IPNetwork.Parse("64:ff9b::/96"),
        IPNetwork.Parse("64:ff9b:1::/48"),
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("2001::/32"),
    ];

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text) && TryParse(text, out var address) && ranges.Contains(address);

    public override string ToString() => ranges.ToString();

    internal static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        return text.Contains(':', StringComparison.Ordinal)
            ? TryParseIpv6(text, ref address)
            : TryParseIpv4(text, ref address);
    }

    private static bool TryParseIpv4(string text, ref IPAddress address)
    {
        if (text.Length > MaxIpv4Characters || text.Split('.') is not { Length: 4 } parts)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParseOctet(parts[i], out bytes[i]))
            {
                return false;
            }
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool TryParseOctet(string part, out byte octet)
    {
        octet = 0;
        if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || !part.All(char.IsAsciiDigit))
        {
            return false;
        }

        var number = part.Aggregate(0, (n, digit) => (n * 10) + (digit - '0'));
        octet = (byte)number;
        return number <= byte.MaxValue;
    }

    private static bool TryParseIpv6(string text, ref IPAddress address)
    {
        if (
            text.Length > MaxIpv6Characters
            || !text.All(c => c == ':' || char.IsAsciiHexDigit(c))
            || !IPAddress.TryParse(text, out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6
            || parsed.IsIPv4MappedToIPv6
            || Carriers.Any(c => c.Contains(parsed))
        )
        {
            return false;
        }

        address = parsed;
        return true;
    }
}
