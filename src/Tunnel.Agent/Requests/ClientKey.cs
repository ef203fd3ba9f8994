using System.Net;
using System.Net.Sockets;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Distinguishes clients: by principal and address, or by the address alone if there is no principal.
/// </summary>
internal readonly record struct ClientKey(string Issuer, string Subject, IPAddress Address)
{
    public static ClientKey From(Exchange exchange) =>
        new(exchange.Principal?.Issuer ?? "", exchange.Principal?.Subject ?? "", exchange.Connection.Client.Address);

    /// <summary>
    /// The person who calls, from any address and with any client; the client if the token names no subject. On routes
    /// that do not authenticate callers, the address (the network of 64 bits for IPv6).
    /// </summary>
    public static ClientKey FromPerson(Exchange exchange) =>
        exchange.Principal is { } principal
            ? new(principal.Issuer, principal.SubjectOrClient, IPAddress.None)
            : new("", "", GetNetwork(exchange.Connection.Client.Address));

    // A customer of an Internet provider usually has all addresses of such a network.
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
