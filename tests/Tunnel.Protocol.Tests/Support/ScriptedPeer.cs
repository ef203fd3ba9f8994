using System.Buffers.Binary;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Protocol.Tests.Support;

/// <summary>The other side of a connection under test, played frame by frame: it may say anything.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly DuplexStream wire;

    private ScriptedPeer(DuplexStream wire, MuxConnection connection, FakeTimeProvider time)
    {
        this.wire = wire;
        Connection = connection;
        Time = time;
        Run = connection.RunAsync(CancellationToken.None);
    }

    public MuxConnection Connection { get; }

    public FakeTimeProvider Time { get; }

    public Task Run { get; }

    /// <summary>Whether the connection can write no more until the peer reads.</summary>
    public bool IsWireFull => wire.IsFull;

    public static ScriptedPeer Start(
        MuxRole role,
        Func<MuxOptions, MuxOptions>? configure = null,
        int capacity = 1 << 20
    )
    {
        var (ours, theirs) = DuplexStream.CreatePair(capacity);
        var time = new FakeTimeProvider();

        // A window that stays as it is: what a test reads is then what its own script has caused.
        var options = new MuxOptions
        {
            InstanceId = "subject",
            StreamWindowBytes = 1024 * 1024,
            WindowBudgetBytes = 0,
        };
        return new ScriptedPeer(
            theirs,
            new MuxConnection(ours, role, configure?.Invoke(options) ?? options, time),
            time
        );
    }

    /// <summary>Started, HELLO exchanged.</summary>
    public static async Task<ScriptedPeer> ConnectAsync(
        MuxRole role,
        Func<MuxOptions, MuxOptions>? configure = null,
        int capacity = 1 << 20,
        byte[]? hello = null
    )
    {
        var peer = Start(role, configure, capacity);
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Hello);
        await peer.SendRawAsync(Bytes.Frame(Bytes.Hello, 0, hello ?? Bytes.HelloPayload()));
        await peer.Connection.PeerHello.WaitAsync(Eventually.Limit);
        return peer;
    }

    public async Task SendRawAsync(byte[] bytes) => await wire.WriteAsync(bytes);

    public Task SendAsync(int type, long stream, params byte[] payload) =>
        SendRawAsync(Bytes.Frame(type, stream, payload));

    public async Task<RawFrame> ReadAsync() => await ReadOrEndAsync() ?? throw new EndOfStreamException();

    /// <summary>Null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadOrEndAsync()
    {
        var header = new byte[9];
        var read = await wire.ReadAtLeastAsync(header, 9, throwOnEndOfStream: false)
            .AsTask()
            .WaitAsync(Eventually.Limit);
        if (read == 0)
        {
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(5))];
        await wire.ReadExactlyAsync(payload).AsTask().WaitAsync(Eventually.Limit);
        return new RawFrame(header[0], BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1)), payload);
    }

    /// <summary>The next frame of this type; others are skipped.</summary>
    public async Task<RawFrame> ReadAsync(int type)
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type == type)
            {
                return frame;
            }
        }
    }

    /// <summary>A PING that comes back proves that everything sent before it was handled without an end.</summary>
    public Task<List<RawFrame>> SyncAsync() => SyncAsync(TimeSpan.FromMilliseconds(150)); // never too many PINGs

    /// <summary>As the other one, with the time that passes first.</summary>
    public async Task<List<RawFrame>> SyncAsync(TimeSpan passing)
    {
        Time.Advance(passing);
        await SendAsync(Bytes.Ping, 0, 9, 9, 9, 9, 9, 9, 9, 9);
        List<RawFrame> before = [];
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type == Bytes.Pong)
            {
                return before;
            }

            before.Add(frame);
        }
    }

    /// <summary>Until so many bytes have been received since HELLO, for data that is not a complete frame.</summary>
    public async Task SyncOnBytesAsync(long count)
    {
        var hello = 9 + Bytes.HelloPayload().Length;
        await Eventually.UntilAsync(
            () => Connection.BytesReceived >= hello + count,
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>Asserts that the connection ends by GOAWAY with this code, and nothing else.</summary>
    public async Task ShouldEndAsync(ConnectionErrorCode code)
    {
        var goAway = await ReadAsync(Bytes.GoAway);
        goAway.Code.ShouldBe((int)code);
        await wire.DisposeAsync();
        await Run.WaitAsync(Eventually.Limit);
        Connection.Outcome!.By.ShouldBe(MuxEndedBy.Local);
        Connection.Outcome.Code.ShouldBe(code);
    }

    public Task CloseWireAsync() => wire.DisposeAsync().AsTask();

    public async Task<MuxStream> AcceptAsync() =>
        (await Connection.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(Eventually.Limit)).ShouldNotBeNull();

    /// <summary>Agent under test: opens a stream and accepts it.</summary>
    public async Task<MuxStream> OpenAsync(uint id = 1)
    {
        await SendAsync(Bytes.Open, id, Bytes.OpenPayload());
        return await AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await wire.DisposeAsync();
        await Run.WaitAsync(Eventually.Limit);
    }
}
