using System.Net;
using System.Net.Sockets;
using Culvert.Testing;

namespace Culvert.Stage.Ports;

/// <summary>Says which ports of a plan are taken, and picks free blocks.</summary>
internal static class PortProbe
{
    // A block: a plan, a second one for what runs behind a balancer, a spare port, and the port that says who has the block.
    private const int Spare = 2 * PortPlan.BlockSize;
    private const int Owner = Spare + 1;
    private const int Stride = Owner + 1;
    private const int First = 10_000;
    private const int Blocks = 20_000 / Stride;

    // For as long as this process runs, so that none of its blocks is taken while nothing listens there for a moment.
    private static readonly List<Socket> Owned = []; // is its own lock

    /// <summary>The ports of a plan that another process holds.</summary>
    public static IReadOnlyList<PortUse> Taken(PortPlan plan) =>
        [.. plan.Uses.Where(use => !Loopback.IsFree(use.Port))];

    /// <summary>
    /// A block of which every port is free, below the ephemeral range, where no outgoing connection can take one of its
    /// ports before we listen on it. This process has it until it ends; the <see cref="PortPlan.BlockSize"/> ports that
    /// follow belong to it too.
    /// </summary>
    public static PortPlan FreeBlock()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var first = First + (LoopbackPort.Free() % Blocks * Stride);
            if (TryOwn(first + Owner) && Enumerable.Range(first, Owner).All(Loopback.IsFree))
            {
                return PortPlan.FromBase(first);
            }
        }

        throw new InvalidOperationException($"No block of free ports was found between {First} and 30000.");
    }

    /// <summary>A port of a free block that its plans do not use.</summary>
    public static int SpareOf(PortPlan block) => block.Api + Spare;

    private static bool TryOwn(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        lock (Owned)
        {
            Owned.Add(socket);
        }

        return true;
    }
}
