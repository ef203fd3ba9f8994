using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>How custom hostnames are proven (S26).</summary>
internal sealed record HostnameOptions
{
    /// <summary>The public suffix list; without it no name is proven, and only an operator's approval makes one active.</summary>
    public string PublicSuffixFile { get; init; } = "";

    /// <summary>Who finds the name servers of a name; none = those of the machine.</summary>
    public IReadOnlyList<IPEndPoint> Resolvers { get; init; } = [];

    /// <summary>Port of name servers.</summary>
    public int NameServerPort { get; init; } = 53;

    /// <summary>Private addresses, loopback included, where name servers may be asked; public ones always may.</summary>
    public AddressRanges PrivateNameServers { get; init; } = AddressRanges.Empty;
}
