using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Protocol.Transport;

/// <summary>Socket options of an outer connection, for both ends.</summary>
public static class OuterSocket
{
    // <netinet/tcp.h> of Linux.
    private const int IpProtoTcp = 6;
    private const int TcpNotSentLowWater = 25;
    private const int TcpInfo = 11;

    // <linux/tcp.h>, struct tcp_info: eight bytes, 24 four-byte fields, two eight-byte rates, then the requested field.
    private const int BytesAckedAt = 8 + (24 * 4) + (2 * 8);

    /// <summary>
    /// Bytes that the kernel buffers beyond those in flight. The default is megabytes, and the small frames of other streams
    /// would wait behind one bulk stream; the rest waits in the outbox, where streams take turns (W14).
    /// </summary>
    private const int MostUnsentBytes = 256 * 1024;

    /// <summary>Bytes that the peer's kernel has acknowledged; null if unknown, or the socket is closed.</summary>
    public static long? BytesAcknowledged(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> info = stackalloc byte[BytesAckedAt + sizeof(long)];
            return socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info) == info.Length
                ? MemoryMarshal.Read<long>(info[BytesAckedAt..])
                : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    public static void Prepare(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.NoDelay = true;
        if (OperatingSystem.IsLinux())
        {
            Span<byte> value = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(value, MostUnsentBytes);
            socket.SetRawSocketOption(IpProtoTcp, TcpNotSentLowWater, value);
        }
    }
}
