using System.Buffers.Binary;
using System.Net.Sockets;

namespace Culvert.Tunnel.Protocol.Transport;

/// <summary>What the socket of an outer connection is told, at both ends.</summary>
public static class OuterSocket
{
    // <netinet/tcp.h> of Linux.
    private const int IpProtoTcp = 6;
    private const int TcpNotSentLowWater = 25;

    /// <summary>
    /// Bytes that the kernel keeps beyond those on their way. By itself it would take megabytes of one bulk stream, and
    /// everybody else's small frames would wait behind them; what it does not take waits in the outbox, where streams
    /// take turns (W14).
    /// </summary>
    private const int MostUnsentBytes = 256 * 1024;

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
