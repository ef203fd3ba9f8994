using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The address of the clients of a provider's tunnel: one that no host has (RFC 6666, 100::/64), since the provider does not
/// say who they are. Policies, the fair queue and the limits of upstreams distinguish tunnels by it.
/// </summary>
internal static class ProviderAddress
{
    /// <summary>The end point of all clients of a tunnel.</summary>
    /// <param name="tunnel">What names the tunnel.</param>
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
