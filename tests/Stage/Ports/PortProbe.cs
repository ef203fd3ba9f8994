using System.Net;
using System.Net.Sockets;
using Culvert.Testing;

namespace Culvert.Stage.Ports;

/// <summary>Finds out whether ports are free on both loopback addresses, and picks free blocks.</summary>
internal static class PortProbe
{
    public static bool IsFree(int port) =>
        CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    /// <summary>The ports of a plan that somebody holds.</summary>
    public static IReadOnlyList<PortUse> Taken(PortPlan plan) => [.. plan.Uses.Where(use => !IsFree(use.Port))];

    /// <summary>
    /// A block of which every port is free, below the ephemeral range, where no outgoing connection can take one of its
    /// ports before we listen on it.
    /// </summary>
    public static PortPlan FreeBlock()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var first = 10_000 + (LoopbackPort.Free() * PortPlan.BlockSize % 20_000);
            var plan = PortPlan.FromBase(first);
            if (Taken(plan).Count == 0)
            {
                return plan;
            }
        }

        throw new InvalidOperationException("No block of free ports was found between 10000 and 30000.");
    }

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable)
        {
            return true; // no IPv6 loopback on this machine, so nobody can hold the port there
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
