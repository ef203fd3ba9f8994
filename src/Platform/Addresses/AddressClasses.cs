using System.Net;
using System.Net.Sockets;

namespace Culvert.Platform.Addresses;

public static class AddressClasses
{
    // The first match counts: the metadata addresses are inside other ranges.
    private static readonly (AddressClass Class, AddressRanges Ranges)[] Table =
    [
        (
            AddressClass.CloudMetadata,
            ParseRanges(
                "169.254.169.254", // AWS, GCP, Azure, OpenStack and most others
                "169.254.170.2", // AWS ECS
                "169.254.170.23", // AWS EKS
                "fd00:ec2::254", // the same over IPv6
                "fd00:ec2::23",
                "fd20:ce::254", // GCP
                "fd00:42::42", // Scaleway
                "100.100.100.200", // Alibaba
                "192.0.0.192", // Oracle
                "168.63.129.16" // Azure's host, at an address that looks public
            )
        ),
        // Linux treats the unspecified address as loopback.
        (AddressClass.Loopback, ParseRanges("127.0.0.0/8", "::1", "0.0.0.0", "::")),
        (AddressClass.LinkLocal, ParseRanges("169.254.0.0/16", "fe80::/10")),
        (
            AddressClass.Private,
            ParseRanges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
        ),
        (
            AddressClass.Reserved,
            ParseRanges(
                "0.0.0.0/8", // this network, RFC 791
                "192.0.0.0/24", // protocol assignments, RFC 6890
                "192.0.2.0/24", // documentation, RFC 5737
                "192.88.99.0/24", // 6to4 relay, RFC 7526
                "198.18.0.0/15", // benchmarks, RFC 2544
                "198.51.100.0/24",
                "203.0.113.0/24",
                "224.0.0.0/4", // multicast, RFC 5771
                "240.0.0.0/4", // reserved, RFC 1112, with the broadcast address
                "::/96", // unspecified and IPv4-compatible, RFC 4291
                "64:ff9b::/96", // NAT64, RFC 6052: hides an IPv4 address
                "64:ff9b:1::/48", // RFC 8215
                "100::/64", // discard, RFC 6666
                "2001::/23", // protocol assignments with Teredo, RFC 4380
                "2001:db8::/32", // documentation, RFC 3849
                "2002::/16", // 6to4, RFC 3056: hides an IPv4 address
                "3fff::/20", // documentation, RFC 9637
                "5f00::/16", // segment routing, RFC 9602
                "fec0::/10", // site-local, RFC 3879
                "ff00::/8" // multicast, RFC 4291
            )
        ),
    ];

    public static AddressClass Classify(IPAddress address)
    {
        var plain = AddressRanges.Normalise(address);
        var kind = Find(plain);
        // A forbidden address must not be reachable through a translator either.
        return
            Embedded(plain) is { } inner
            && Find(inner) is var innerKind and not (AddressClass.Public or AddressClass.Reserved)
            ? innerKind
            : kind;
    }

    private static AddressClass Find(IPAddress address)
    {
        foreach (var (kind, ranges) in Table)
        {
            if (ranges.Contains(address))
            {
                return kind;
            }
        }

        // Only 2000::/3 of IPv6 is assigned (RFC 4291 §2.4); other ranges may contain a translator.
        return address.AddressFamily == AddressFamily.InterNetworkV6 && (address.GetAddressBytes()[0] & 0xE0) != 0x20
            ? AddressClass.Reserved
            : AddressClass.Public;
    }

    /// <summary>The IPv4 address in an IPv6 address that a translator would forward to.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || Find(address) != AddressClass.Reserved)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        return bytes switch
        {
            // 2002:AABB:CCDD::, RFC 3056 §2
            [0x20, 0x02, ..] => new IPAddress(bytes.AsSpan(2, 4)),
            // 2001:0:server:flags:port:client, RFC 4380 §4: the client's address, inverted
            [0x20, 0x01, 0x00, 0x00, ..] => new IPAddress(bytes[12..].Select(b => (byte)~b).ToArray()),
            // 64:ff9b::a.b.c.d, RFC 6052 §2.2; 64:ff9b:1::/48 is used with the same /96 form; ::a.b.c.d, RFC 4291
            _ => new IPAddress(bytes.AsSpan(12, 4)),
        };
    }

    private static AddressRanges ParseRanges(params string[] ranges) =>
        AddressRanges.TryParse(ranges, out var parsed, out var bad)
            ? parsed
            : throw new ArgumentException($"'{bad}' is not a range.", nameof(ranges));
}
