using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Culvert.Tunnel.Protocol.Transport;

/// <summary>Options of an outer connection's socket, at both ends.</summary>
public static class OuterSocket
{
    // <netinet/tcp.h> of Linux.
    private const int IpProtoTcp = 6;
    private const int TcpNotSentLowWater = 25;
    private const int TcpInfo = 11;

    // <linux/tcp.h>, struct tcp_info: eight bytes, 24 numbers of four, two rates of eight, then the requested field.
    private const int BytesAckedAt = 8 + (24 * 4) + (2 * 8);

    /// <summary>
    /// Bytes that the kernel keeps beyond those on their way. By default it would take megabytes of one bulk stream,
    /// and the small frames of all other streams would wait behind them; what it does not take waits in the outbox,
    /// where streams take turns (W14).
    /// </summary>
    private const int MostUnsentBytes = 256 * 1024;

    /// <summary>
    /// How many bytes the other side's kernel has acknowledged since the beginning; null where the system does not say, or
    /// the socket is gone.
    /// </summary>
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
