using System.Net;
using System.Net.Sockets;

namespace Culvert.Platform.Launching;

/// <summary>The bind addresses of services: 127.0.0.1 and, if the machine supports it, ::1.</summary>
public static class Loopback
{
    public static readonly bool HasIPv6 = CanBindIPv6();

    public static IReadOnlyList<string> Addresses { get; } = HasIPv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];

    public static IReadOnlyList<string> Ranges { get; } = HasIPv6 ? ["127.0.0.0/8", "::1/128"] : ["127.0.0.0/8"];

    /// <summary>A YAML list of listen addresses for one port.</summary>
    public static string Listen(int port) =>
        HasIPv6 ? $"[\"127.0.0.1:{port}\", \"[::1]:{port}\"]" : $"[\"127.0.0.1:{port}\"]";

    /// <summary>Whether a program can listen on the port, on each of the addresses.</summary>
    public static bool IsFree(int port) =>
        CanListen(IPAddress.Loopback, port) && (!HasIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool CanBindIPv6()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
