using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W5 and W14: what waits for what on the way out.</summary>
public sealed class WriterTests
{
    private const int SoftLimit = 7 * 16 * 1024;

    /// <summary>A wire that is full: the first write hangs, everything after it gathers.</summary>
    private static Task<ScriptedPeer> BlockedAsync() =>
        ScriptedPeer.ConnectAsync(MuxRole.Agent, hello: Bytes.HelloPayload(window: 1024 * 1024), capacity: 2048);

    [Fact]
    public async Task Receive_WhileTheWriteIsBlocked_GoesOn()
    {
        await using var peer = await BlockedAsync();
        var stuck = await peer.OpenAsync(1);
        await FillAsync(peer, stuck);

        var other = await peer.OpenAsync(2);
        await peer.SendAsync(Bytes.Data, 2, 1, 2, 3);
        (await Samples.TakeAsync(other.Input, 3)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Write_BlockedWire_StopsAtTheSoftLimit()
    {
        await using var peer = await BlockedAsync();
        var stream = await peer.OpenAsync(1);
        (await FillAsync(peer, stream)).ShouldBeInRange(SoftLimit - (16 * 1024), 2 * SoftLimit + (32 * 1024));
    }

    [Fact]
    public async Task Control_WhileDataWaits_OvertakesItAndCoalesces()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            o => o with { StreamWindowBytes = 32 * 1024 },
            capacity: 2048
        );
        var stuck = await peer.OpenAsync(1);
        await FillAsync(peer, stuck);

        // Credit given back twice, three PINGs, an abort: all while DATA fills the buffer.
        var other = await peer.OpenAsync(2);
        for (var i = 0; i < 2; i++)
        {
            await peer.SendAsync(Bytes.Data, 2, new byte[16_384]);
            await Samples.TakeAsync(other.Input, 16_384);
        }

        for (byte i = 1; i <= 3; i++)
        {
            await peer.SendAsync(Bytes.Ping, 0, 0, 0, 0, 0, 0, 0, 0, i);
        }

        await peer.SendAsync(Bytes.Open, 3, Bytes.OpenPayload());
        (await peer.AcceptAsync()).Abort(StreamErrorCode.NoRoute); // and so the PINGs have been handled
        (await peer.OpenAsync(4)).Abort(StreamErrorCode.NoRoute);

        List<RawFrame> control = [];
        var data = 0;
        while (control.Count < 4)
        {
            var frame = await peer.ReadAsync();
            if (frame.Type == Bytes.Data)
            {
                data += frame.Payload.Length;
            }
            else
            {
                control.Add(frame);
            }
        }

        data.ShouldBeLessThanOrEqualTo(2 * SoftLimit);
        control.Single(f => f.Type == Bytes.Window).Credit.ShouldBe(32u * 1024);
        control.Single(f => f.Type == Bytes.Pong).Payload[7].ShouldBe((byte)3); // the latest
        control.Count(f => f.Type == Bytes.Rst).ShouldBe(2);
    }

    [Fact]
    public async Task Data_OfManyStreams_TakesTurnsFrameByFrame()
    {
        await using var peer = await BlockedAsync();
        var greedy = await peer.OpenAsync(1);
        await FillAsync(peer, greedy);
        List<Task> writes = [];
        for (var id = 2u; id <= 4; id++)
        {
            var stream = await peer.OpenAsync(id);
            writes.Add(stream.Output.WriteAsync(new byte[100_000]).AsTask());
        }

        var seen = new Dictionary<uint, int>();
        while (seen.Values.Sum() < 3 * 100_000)
        {
            var frame = await peer.ReadAsync(Bytes.Data);
            frame.Payload.Length.ShouldBeLessThanOrEqualTo(16_384);
            if (frame.Stream > 1)
            {
                seen[frame.Stream] = seen.GetValueOrDefault(frame.Stream) + frame.Payload.Length;

                // No stream is more than a turn ahead of the others.
                if (seen.Count == 3 && seen.Values.All(v => v < 80_000))
                {
                    (seen.Values.Max() - seen.Values.Min()).ShouldBeLessThanOrEqualTo(2 * 16_384);
                }
            }
        }

        await Task.WhenAll(writes).WaitAsync(Eventually.Limit);
    }

    /// <summary>
    /// Fifty small answers during a download that never ends: after the download's turn, all of them are served before
    /// it gets its next frame. Counted in frames, so that no clock decides.
    /// </summary>
    [Fact]
    public async Task Data_SmallAnswersBesideADownload_WaitForOneFrameOfIt()
    {
        const int Callers = 50;
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            hello: Bytes.HelloPayload(window: 16 * 1024 * 1024),
            capacity: 2048
        );
        var download = await peer.OpenAsync(1);
        await FillAsync(peer, download);
        for (var round = 0; round < 3; round++)
        {
            List<Task> answers = [];
            for (var caller = 2u; caller <= Callers + 1; caller++)
            {
                var stream = await peer.OpenAsync(caller + (uint)(round * Callers));
                answers.Add(stream.Output.WriteAsync(new byte[100]).AsTask());
            }

            // Of the download, what had been framed before, then one frame for the turn that all of them share.
            var ofDownload = 0;
            for (var served = 0; served < Callers; )
            {
                var frame = await peer.ReadAsync(Bytes.Data);
                if (frame.Stream != 1)
                {
                    served++;
                    if (served == 1)
                    {
                        ofDownload = 0;
                    }
                }
                else
                {
                    ofDownload++;
                }
            }

            ofDownload.ShouldBeLessThanOrEqualTo(1);
            await Task.WhenAll(answers).WaitAsync(Eventually.Limit);
        }
    }

    /// <summary>Five downloads of different greed get the same number of frames, to within one (W14).</summary>
    [Fact]
    public async Task Data_StreamsThatAlwaysHaveMore_GetEqualShares()
    {
        const int Streams = 5;
        await using var peer = await BlockedAsync();
        var first = await peer.OpenAsync(1);
        await FillAsync(peer, first);
        for (var id = 2u; id < 2 + Streams; id++)
        {
            var stream = await peer.OpenAsync(id);
            _ = stream.Output.WriteAsync(new byte[id * 150_000]).AsTask(); // ever greedier
        }

        // Until the least greedy one has got most of its bytes, all of them have some waiting.
        var frames = new Dictionary<uint, int>();
        while (frames.GetValueOrDefault(2u) < 15)
        {
            var frame = await peer.ReadAsync(Bytes.Data);
            if (frame.Stream > 1)
            {
                frames[frame.Stream] = frames.GetValueOrDefault(frame.Stream) + 1;
            }
        }

        frames.Count.ShouldBe(Streams);
        (frames.Values.Max() - frames.Values.Min()).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Write_PeerResetsAStreamThatWaits_LetsItsBytesGo()
    {
        await using var peer = await BlockedAsync();
        var stream = await peer.OpenAsync(1);
        await FillAsync(peer, stream);
        var other = await peer.OpenAsync(2);
        var writing = other.Output.WriteAsync(new byte[50_000]).AsTask();
        await peer.SendAsync(Bytes.Rst, 2, 0, 4);
        await Should.ThrowAsync<MuxStreamException>(writing);
        stream.Abort(StreamErrorCode.Cancelled);
        RawFrame frame;
        do
        {
            frame = await peer.ReadAsync();
            frame.Stream.ShouldBe(1u);
        } while (frame.Type != Bytes.Rst);
    }

    /// <summary>Writes until the wire and the buffer are full; returns how many bytes that took.</summary>
    private static async Task<int> FillAsync(ScriptedPeer peer, MuxStream stream)
    {
        var written = 0;
        using var patience = new CancellationTokenSource();
        while (written < 900_000)
        {
            var write = stream.Output.WriteAsync(new byte[16_000], patience.Token);
            written += 16_000;
            if (!write.IsCompleted)
            {
                // With the wire full, the write loop takes no more bytes; of what it has taken, the writer hears a moment later.
                var pending = write.AsTask();
                var evaluations = 0;
                await Eventually.UntilAsync(
                    () => pending.IsCompleted || (peer.IsWireFull && ++evaluations == 10),
                    TestContext.Current.CancellationToken
                );
                if (!pending.IsCompleted)
                {
                    _ = pending.ContinueWith(t => t.Exception, TaskScheduler.Default);
                    return written;
                }
            }
        }

        return written;
    }
}
