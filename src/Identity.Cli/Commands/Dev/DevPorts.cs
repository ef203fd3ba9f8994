using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The ports of a development system. Only the clients' port has a fixed default.</summary>
internal sealed record DevPorts(
    int Clients,
    int Agents,
    int Api,
    int Machine,
    int Issuer,
    int ServiceHealth,
    int EdgeHealth,
    int AgentHealth
)
{
    private const int UsualClients = 9443;
    private const int LowestPort = 10_000;
    private const int EphemeralPort = 30_000;
    private const int MaxAttempts = 500;

    /// <summary>Chooses free ports, all bound during the choice; one taken afterwards makes its program fail.</summary>
    public static DevPorts Choose(int? clients)
    {
        var held = new List<Socket>();
        try
        {
            if (clients is { } wanted && !Loopback.IsFree(wanted))
            {
                throw new CommandFailure(ExitCode.Failed, $"port {wanted} is in use")
                {
                    Where = "--port",
                    Next = "choose another port, or omit the option",
                };
            }

            var ports = Enumerable.Range(0, 8).Select(_ => Any()).ToList();
            var first = clients ?? (Loopback.IsFree(UsualClients) ? UsualClients : ports[0]);
            return new DevPorts(first, ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], ports[7]);
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }

        // Below the ephemeral ports, because an outgoing connection could take one of those before our program does.
        int Any()
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                var port = RandomNumberGenerator.GetInt32(LowestPort, EphemeralPort);
                if (
                    port != clients
                    && port != UsualClients
                    && Loopback.IsFree(port)
                    && Hold(IPAddress.Loopback, port) is { } socket
                )
                {
                    held.Add(socket);
                    return port;
                }
            }

            throw new CommandFailure(ExitCode.Failed, "no port of 127.0.0.1 is free");
        }
    }

    private static Socket? Hold(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
