using System.Net;
using System.Net.Sockets;

namespace Culvert.Testing;

/// <summary>
/// Ports for programs that need a port number before they listen. A program that can listen on port 0 and report its
/// port does so instead: then no other process takes the port in between.
/// </summary>
public static class LoopbackPort
{
    // Below the ephemeral range, where no outgoing connection can take one before its owner listens, and above the blocks
    // of whole systems.
    private const int First = 30_000;
    private const int Count = 2_768;

    // Processes that run at the same time begin in different places.
    private static int next = Environment.ProcessId * 101 % Count;

    /// <summary>A port of 127.0.0.1 that was free a moment ago; each call has another one.</summary>
    public static int Free()
    {
        for (var i = 0; i < Count; i++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another process has it.
            }
        }

        throw new InvalidOperationException($"No port of {First} to {First + Count - 1} is free.");
    }
}
