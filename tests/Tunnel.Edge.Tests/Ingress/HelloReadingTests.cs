using System.Net;
using System.Net.Sockets;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Ingress;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

/// <summary>The deadline of a client's hello on a machine that has paused: it fires ahead of what arrived in time.</summary>
public sealed class HelloReadingTests : SniListenerTest
{
    private const int MostBytes = 4096;

    [Fact]
    public async Task Read_DeadlinePassedBeforeTheArrivedHelloWasRead_TakesTheHello()
    {
        var (refusal, length) = await ReadLateAsync(Hello);
        refusal.ShouldBe(IngressRefusal.None);
        length.ShouldBe(Hello.Length);
    }

    [Fact]
    public async Task Read_DeadlinePassedAndHalfAHelloArrived_IsLate() =>
        (await ReadLateAsync(Hello[..(Hello.Length / 2)])).Refusal.ShouldBe(IngressRefusal.HelloTimeout);

    [Fact]
    public async Task Read_DeadlinePassedAndNothingArrived_IsLate() =>
        (await ReadLateAsync([])).Refusal.ShouldBe(IngressRefusal.HelloTimeout);

    private static async Task<(IngressRefusal Refusal, int Length)> ReadLateAsync(byte[] arrived)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync();
        using var transport = new SocketTransport(server);
        if (arrived.Length > 0)
        {
            await client.SendAsync(arrived);
            await server.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None); // until it is there
        }

        var (refusal, _, length) = await HelloReading.ReadAsync(
            transport,
            new byte[MostBytes],
            MostBytes,
            new CancellationToken(canceled: true)
        );
        return (refusal, length);
    }
}
