using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>How custom hostnames are proven (S26).</summary>
internal sealed record HostnameOptions
{
    /// <summary>The public suffix list; without it only an operator's approval activates a name.</summary>
    public string PublicSuffixFile { get; init; } = "";

    /// <summary>Resolvers that find the name servers of a name; empty = those of the machine.</summary>
    public IReadOnlyList<IPEndPoint> Resolvers { get; init; } = [];

    public int NameServerPort { get; init; } = 53;

    /// <summary>Private addresses, loopback included, of name servers that may be queried; public ones always may.</summary>
    public AddressRanges PrivateNameServers { get; init; } = AddressRanges.Empty;
}
