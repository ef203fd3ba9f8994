using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>One client among others: a principal at an address. Without a principal the address alone tells.</summary>
internal readonly record struct ClientKey(string Issuer, string Subject, IPAddress Address)
{
    public static ClientKey From(Exchange exchange) =>
        new(exchange.Principal?.Issuer ?? "", exchange.Principal?.Subject ?? "", exchange.Connection.Client.Address);

    /// <summary>
    /// The person who calls, from whatever address and by whatever client; the client where a token names no subject. On
    /// routes that do not authenticate callers, the address (the network of 64 bits for IPv6).
    /// </summary>
    public static ClientKey FromPerson(Exchange exchange) =>
        exchange.Principal is { } principal
            ? new(principal.Issuer, principal.SubjectOrClient, IPAddress.None)
            : new("", "", GetNetwork(exchange.Connection.Client.Address));

    // One customer of a provider has all addresses of it.
    private static IPAddress GetNetwork(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
        {
            return address;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
