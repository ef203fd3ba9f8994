using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The address of the clients of a provider's tunnel. No host has such an address (RFC 6666, 100::/64): the provider
/// does not report who the clients are. Policies, the fair queue and the limits of upstreams distinguish tunnels by it.
/// </summary>
internal static class ProviderAddress
{
    /// <summary>The end point of all clients of a tunnel.</summary>
    /// <param name="tunnel">The name of the tunnel.</param>
    public static IPEndPoint Create(string tunnel)
    {
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        address[0] = 0x01;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(tunnel));
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], BinaryPrimitives.ReadUInt64BigEndian(digest));
        return new IPEndPoint(new IPAddress(address), 0);
    }
}
