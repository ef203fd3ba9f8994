using System.Buffers.Binary;
using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Platform.Net;

/// <summary>Reads a PROXY header, version 2 (the PROXY protocol, HAProxy Technologies, §2.2).</summary>
/// <remarks>
/// <code>
/// 0                        12       13       14          16
/// +------------------------+--------+--------+-----------+==================+
/// | 0D 0A 0D 0A 00 0D 0A   | 2 | C  | F | T  | length    | addresses, TLVs  |
/// | 51 55 49 54 0A         |        |        | (u16)     |                  |
/// +------------------------+--------+--------+-----------+==================+
/// C: 0 LOCAL, 1 PROXY    F: 1 IPv4, 2 IPv6    T: 1 stream
/// </code>
/// Version 1, datagrams, UNIX sockets and PROXY without an address are refused: the ranges of a tunnel need an address,
/// and the balancer's is not the client's.
/// </remarks>
public static class ProxyHeader
{
    public const int FixedBytes = 16;

    /// <summary>Addresses and TLVs; balancers send less than 300 bytes.</summary>
    public const int MaxRestBytes = 2048;

    private const int Ipv4Bytes = 12;
    private const int Ipv6Bytes = 36;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>How many bytes follow the first 16; negative when they are not the start of a version 2 header.</summary>
    public static int RestLength(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith(Signature) || head[12] is not (0x20 or 0x21))
        {
            return -1;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        return length <= MaxRestBytes ? length : -1;
    }

    /// <summary>The client's address; null with true: LOCAL, the balancer's own health checks. False: invalid.</summary>
    public static bool TryRead(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, out IPEndPoint? client)
    {
        client = null;
        if (head[12] == 0x20)
        {
            return true;
        }

        switch (head[13])
        {
            case 0x11 when rest.Length >= Ipv4Bytes:
                client = Read(rest[..4], rest[8..]);
                return true;
            case 0x21 when rest.Length >= Ipv6Bytes:
                client = Read(rest[..16], rest[32..]);
                return true;
            default:
                return false;
        }
    }

    private static IPEndPoint Read(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) =>
        new(AddressRanges.Normalise(new IPAddress(address)), BinaryPrimitives.ReadUInt16BigEndian(port));
}
