using System.Text;
using Culvert.Stage.RunState;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Faults;

/// <summary>A call that is larger than what edge and agent may hold of it.</summary>
[Collection(FaultSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class LargeCallTests(FaultSystem system) : FaultTest(system)
{
    private const int LargeBytes = 100_000_000;

    /// <summary>Windows, buffers and what the collector has not freed yet: a program that held the call would need more.</summary>
    private const double MostKiB = 64 * 1024;

    private static readonly byte[] Part = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));

    [Fact]
    public async Task Call_OfAHundredMegabytesEachWay_IsNotHeldInMemory()
    {
        await MendAsync();
        (await EchoAsync(LargeBytes / 100)).ShouldBeGreaterThan(LargeBytes / 100); // what every large call needs is there

        var (edge, agent) = (PeakMemory.Watch(Installation.Edge.Process), PeakMemory.Watch(Installation.Agent.Process));
        var answered = await EchoAsync(LargeBytes);

        Figure($"call of 100 MB each way: peak edge +{edge.GrowthKiB:0} KiB, agent +{agent.GrowthKiB:0} KiB");
        answered.ShouldBeGreaterThan(LargeBytes);
        edge.GrowthKiB.ShouldBeLessThan(MostKiB);
        agent.GrowthKiB.ShouldBeLessThan(MostKiB);
    }

    /// <summary>Calls the server with an argument of so many bytes, which it sends back; how long its answer is.</summary>
    private async Task<long> EchoAsync(int bytes)
    {
        const string Before =
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"quick:""";
        const string After = "\"}}}";
        await using var connection = await TunnelConnection.OpenAsync(System, Cancel);
        var token = await Installation.TokenAsync(Installation.Endpoint, Cancel);
        var head =
            $"POST /mcp HTTP/1.1\r\nHost: {Installation.Endpoint.Authority}\r\nAuthorization: Bearer {token}\r\n"
            + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n"
            + $"Connection: close\r\nContent-Length: {Before.Length + bytes + After.Length}\r\n\r\n";
        await connection.Tls.WriteAsync(Encoding.ASCII.GetBytes(head + Before), Cancel);
        for (var left = bytes; left > 0; left -= Part.Length)
        {
            await connection.Tls.WriteAsync(Part.AsMemory(0, Math.Min(left, Part.Length)), Cancel);
        }

        await connection.Tls.WriteAsync(Encoding.ASCII.GetBytes(After), Cancel);
        await connection.Tls.FlushAsync(Cancel);
        return await CountAsync(connection);
    }

    private static async Task<long> CountAsync(TunnelConnection connection)
    {
        var buffer = new byte[256 * 1024];
        var first = await connection.Tls.ReadAtLeastAsync(buffer, 12, cancellationToken: Cancel);
        Encoding.ASCII.GetString(buffer, 0, first).ShouldStartWith("HTTP/1.1 200 ");
        long count = first;
        while (await connection.Tls.ReadAsync(buffer, Cancel) is var read and > 0)
        {
            count += read;
        }

        return count;
    }
}
