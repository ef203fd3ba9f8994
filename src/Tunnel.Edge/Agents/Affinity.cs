using System.Net;
using System.Runtime.InteropServices;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Edge.Agents;

/// <summary>
/// Rendezvous hashing (S29): every edge maps a key to the same agent without coordination, and an agent that disconnects
/// moves only its own clients. The hash is not secret: a party that can choose hostnames or addresses gains no more than an
/// uneven spread.
/// </summary>
internal static class Affinity
{
    // FNV-1a, 64 bits (RFC 9923 §5), with the finaliser of MurmurHash3, which spreads similar keys.
    private const ulong Offset = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    public static ulong Hash(ReadOnlySpan<char> text) => Hash(MemoryMarshal.AsBytes(text));

    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Offset;
        foreach (var octet in bytes)
        {
            hash = unchecked((hash ^ octet) * Prime);
        }

        return Mix(hash);
    }

    /// <summary>Hashes an IPv4 address, or the IPv6 network that belongs to a single client.</summary>
    public static ulong Hash(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        SourceLimiter.GetKey(address).TryWriteBytes(bytes, out var length);
        return Hash(bytes[..length]);
    }

    public static ulong Score(ulong key, ulong instance) => Mix(unchecked((key * Prime) ^ instance));

    private static ulong Mix(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
            hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
            return hash ^ (hash >> 33);
        }
    }
}
