using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Culvert.Testing;

/// <summary>PROXY headers, version 2, as a balancer sends them.</summary>
public static class ProxyHeaders
{
    /// <summary>The 12 bytes that begin each header.</summary>
    public static byte[] Signature => [.. "\r\n\r\n\0\r\nQUIT\n"u8];

    /// <summary>LOCAL: the balancer connects for itself.</summary>
    public static byte[] Local => [.. Signature, 0x20, 0, 0, 0];

    /// <summary>PROXY over TCP, from that client.</summary>
    /// <param name="client">Its address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="extraBytes">Bytes of further fields behind the addresses.</param>
    public static byte[] From(string client, int port = 4711, int extraBytes = 0)
    {
        var address = IPAddress.Parse(client).GetAddressBytes();
        var isIpv4 = address.Length == 4;
        var rest = new byte[(2 * address.Length) + 4 + extraBytes];
        address.CopyTo(rest, 0);
        BinaryPrimitives.WriteUInt16BigEndian(rest.AsSpan(2 * address.Length), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(rest.AsSpan((2 * address.Length) + 2), 443);
        return [.. Signature, 0x21, (byte)(isIpv4 ? 0x11 : 0x21), (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: connects and sends the header first.</summary>
    public static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> Sending(byte[] header) =>
        async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                await socket.SendAsync(header, SocketFlags.None, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        };
}
