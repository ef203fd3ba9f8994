using System.IO.Pipelines;
using System.Security.Cryptography;
using Culvert.PropertyTesting;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>Edge and agent, both ours, over an in-memory wire.</summary>
public sealed class TwoEndsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Echo_OneThousandStreams_EachGetsItsOwnBytes(bool inline)
    {
        await using var pair = await Pair.StartAsync(o => o with { RunReadersInline = inline });
        var serving = pair.EchoAsync();
        var calls = Enumerable.Range(0, 1000).Select(i => CallAsync(pair.Edge, 3_000 + i, i)).ToList();
        await Task.WhenAll(calls).WaitAsync(Eventually.Limit);
        pair.Edge.OpenStreams.ShouldBe(0);
    }

    [Theory]
    [InlineData(20_000_000, 16 * 1024)]
    [InlineData(20_000_000, 1024 * 1024)]
    public async Task Echo_MuchMoreThanTheWindow_ArrivesUnchanged(int bytes, int window)
    {
        await using var pair = await Pair.StartAsync(o => o with { StreamWindowBytes = window });
        _ = pair.EchoAsync();
        await CallAsync(pair.Edge, bytes, 1).WaitAsync(Eventually.Limit);
    }

    /// <summary>Slow consumers hold up themselves alone: a window each, no connection window (W1).</summary>
    [Fact]
    public async Task Echo_BesideReadersThatNeverRead_IsNotHeldUp()
    {
        await using var pair = await Pair.StartAsync(o => o with { StreamWindowBytes = 64 * 1024 });
        List<MuxStream> stuck = [];
        for (var i = 0; i < 100; i++)
        {
            var sender = pair.Edge.Open(Samples.Open);
            stuck.Add((await pair.Agent.AcceptAsync(CancellationToken.None))!);
            _ = sender.Output.WriteAsync(new byte[100 * 1024]).AsTask();
        }

        _ = pair.EchoAsync();
        await CallAsync(pair.Edge, 5_000_000, 1).WaitAsync(Eventually.Limit);
        stuck.Count.ShouldBe(100);
    }

    [Fact]
    public async Task HalfClose_EdgeFinishesFirst_AnswerStillArrives()
    {
        await using var pair = await Pair.StartAsync();
        var client = pair.Edge.Open(Samples.Open);
        await client.Output.WriteAsync("question"u8.ToArray());
        await client.Output.CompleteAsync();
        var server = (await pair.Agent.AcceptAsync(CancellationToken.None))!;
        (await Samples.ReadToEndAsync(server.Input)).ShouldBe("question"u8.ToArray());
        await server.Output.WriteAsync("answer"u8.ToArray());
        await server.DisposeAsync();
        (await Samples.ReadToEndAsync(client.Input)).ShouldBe("answer"u8.ToArray());
    }

    [Fact]
    public async Task Dispose_OfTheEdge_EndsTheAgentInOrder()
    {
        var pair = await Pair.StartAsync();
        await pair.Edge.DisposeAsync();
        await pair.AgentRun.WaitAsync(Eventually.Limit);
        pair.Agent.Outcome!.By.ShouldBe(MuxEndedBy.Peer);
        pair.Agent.Outcome.Code.ShouldBe(ConnectionErrorCode.Shutdown);
    }

    [Fact]
    public async Task Receive_AnyBytesAfterHello_EndsOrderlyOrWaitsForMore()
    {
        var inputs = ArbMap.Default.GeneratorFor<byte[]>().Sample(200, 150);
        foreach (var input in inputs)
        {
            foreach (var role in new[] { MuxRole.Agent, MuxRole.Edge })
            {
                var peer = await ScriptedPeer.ConnectAsync(role);
                await peer.SendRawAsync([.. Bytes.Frame(Bytes.Open, 1, Bytes.OpenPayload())]);
                try
                {
                    await peer.SendRawAsync(input ?? []);
                }
                catch (IOException)
                {
                    // it had seen enough
                }

                await peer.DisposeAsync();
                peer.Connection.Outcome.ShouldNotBeNull();
            }
        }
    }

    [Fact]
    public void Receive_AnySequenceOfFrames_EndsOrderlyOrGoesOn()
    {
        var frames =
            from type in Gen.Choose(1, 9)
            from stream in Gen.Choose(0, 4)
            from size in Gen.Choose(0, 20)
            select Bytes.Frame(type, stream, Payload(type, size));
        Prop.ForAll(
                frames.ListOf().ToArbitrary(),
                list =>
                {
                    var peer = ScriptedPeer.ConnectAsync(MuxRole.Agent).GetAwaiter().GetResult();
                    _ = AcceptAllAsync(peer.Connection);
                    foreach (var frame in list)
                    {
                        peer.SendRawAsync(frame).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
                    }

                    peer.DisposeAsync().AsTask().Wait();
                    return peer.Connection.Outcome is { } outcome
                        && (
                            outcome.By != MuxEndedBy.Local
                            || outcome.Code
                                is ConnectionErrorCode.Protocol
                                    or ConnectionErrorCode.FlowControl
                                    or ConnectionErrorCode.FrameSize
                        );
                }
            )
            .CheckSeeded();
    }

    private static byte[] Payload(int type, int size) =>
        type switch
        {
            Bytes.Open => Bytes.OpenPayload(),
            Bytes.Window => Bytes.U32(size),
            Bytes.Fin => [],
            Bytes.Rst => Bytes.U16(size),
            Bytes.Ping or Bytes.Pong => new byte[8],
            _ => new byte[size],
        };

    private static async Task AcceptAllAsync(MuxConnection connection)
    {
        while (await connection.AcceptAsync(CancellationToken.None) is { } stream)
        {
            await stream.Output.WriteAsync(new byte[10]);
            await stream.DisposeAsync();
        }
    }

    private static async Task CallAsync(MuxConnection edge, int bytes, int seed)
    {
        var sent = new byte[bytes];
        new Random(seed).NextBytes(sent);
        await using var stream = edge.Open(Samples.Open);
        var reading = Samples.ReadToEndAsync(stream.Input);
        for (var offset = 0; offset < bytes; offset += 10_000)
        {
            await stream.Output.WriteAsync(sent.AsMemory(offset, Math.Min(10_000, bytes - offset)));
        }

        await stream.Output.CompleteAsync();
        SHA256.HashData(await reading).ShouldBe(SHA256.HashData(sent));
    }

    private sealed class Pair : IAsyncDisposable
    {
        private Pair(MuxConnection edge, MuxConnection agent)
        {
            (Edge, Agent) = (edge, agent);
            EdgeRun = edge.RunAsync(CancellationToken.None);
            AgentRun = agent.RunAsync(CancellationToken.None);
        }

        public MuxConnection Edge { get; }

        public MuxConnection Agent { get; }

        public Task EdgeRun { get; }

        public Task AgentRun { get; }

        public static async Task<Pair> StartAsync(Func<MuxOptions, MuxOptions>? configure = null)
        {
            var (left, right) = DuplexStream.CreatePair();
            var options = new MuxOptions { InstanceId = "x" };
            options = configure?.Invoke(options) ?? options;
            var pair = new Pair(
                new MuxConnection(left, MuxRole.Edge, options, TimeProvider.System),
                new MuxConnection(right, MuxRole.Agent, options, TimeProvider.System)
            );
            await pair.Edge.PeerHello.WaitAsync(Eventually.Limit);
            return pair;
        }

        public async Task EchoAsync()
        {
            while (await Agent.AcceptAsync(CancellationToken.None) is { } stream)
            {
                _ = EchoAsync(stream);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Edge.DisposeAsync();
            await Agent.DisposeAsync();
        }

        private static async Task EchoAsync(MuxStream stream)
        {
            await stream.Input.CopyToAsync(stream.Output);
            await stream.DisposeAsync();
        }
    }
}
