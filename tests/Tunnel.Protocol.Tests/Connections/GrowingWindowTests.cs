using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Tests.Support;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W1 on the wire: a sender that uses every credit it gets, one round trip of 200 ms after the other.</summary>
public sealed class GrowingWindowTests
{
    private const int Initial = 64 * 1024;
    private const int Start = ReceiveWindow.StartBytes;

    /// <summary>What the link between them carries in a round trip.</summary>
    private const int LinkBytes = 2 * 1024 * 1024;

    private static readonly TimeSpan Path = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Open_BudgetHasRoom_StartRaiseLeavesWithTheNextFrame()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        await stream.Output.WriteAsync("answer"u8.ToArray());
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Data);
        var window = await peer.ReadAsync();
        window.Type.ShouldBe(Bytes.Window);
        window.Credit.ShouldBe((uint)(Start - Initial));
    }

    [Fact]
    public async Task Open_AtTheEdge_RaiseFollowsTheOpenAndIsNoAnswer()
    {
        await using var peer = await ConnectAsync(MuxRole.Edge);
        var stream = peer.Connection.Open(Samples.Open);
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Open);
        (await peer.ReadAsync()).Credit.ShouldBe((uint)(Start - Initial));
        await peer.SendAsync(Bytes.Window, 1, Bytes.U32(Start - Initial)); // the agent's own, before the edge has measured
        await peer.SyncAsync();
        stream.Answered.ShouldBeFalse(); // W12: it may still be opened elsewhere
        await peer.SendAsync(Bytes.Data, 1, 1);
        await peer.SyncAsync();
        stream.Answered.ShouldBeTrue();
    }

    [Fact]
    public async Task Data_FasterThanTheWindow_GrowsToTheCeiling()
    {
        await using var peer = await ConnectAsync();
        var sender = await Sender.OpenAsync(peer, 1);
        for (var i = 0; i < 12; i++)
        {
            await sender.RoundTripAsync();
        }

        sender.Credit.ShouldBeInRange(8 * 1024 * 1024, TunnelProtocol.MaxWindowBytes); // up to half waits to be given
    }

    [Fact]
    public async Task Data_BudgetEmpty_KeepsTheInitialWindow()
    {
        await using var peer = await ConnectAsync(budget: 0);
        var sender = await Sender.OpenAsync(peer, 1);
        for (var i = 0; i < 8; i++)
        {
            await sender.RoundTripAsync();
        }

        sender.Credit.ShouldBeInRange(Initial / 2, Initial); // up to half waits to be given
    }

    /// <summary>
    /// The worst case of W1: 1,000 streams that send all they may to consumers that never read. The held memory stays
    /// within streams × initial window + budget, and another stream keeps at least half of its rate.
    /// </summary>
    [Fact]
    public async Task Data_BesideAThousandReadersThatNeverRead_KeepsHalfItsRate()
    {
        const int Stuck = 1_000;
        const int RoundTrips = 30;
        var alone = await RateAsync(stuck: 0, RoundTrips);
        var beside = await RateAsync(Stuck, RoundTrips);
        beside.Held.ShouldBeLessThanOrEqualTo((Stuck * (long)Initial) + WindowBudget.ConnectionBytes);
        beside.Held.ShouldBeGreaterThan(Stuck * (long)Initial); // they did send
        beside.Moved.ShouldBeGreaterThanOrEqualTo(alone.Moved / 2);
    }

    private static async Task<(long Moved, long Held)> RateAsync(int stuck, int roundTrips)
    {
        await using var peer = await ConnectAsync();
        long held = 0;
        for (var id = 1u; id <= stuck; id++)
        {
            var idle = await Sender.OpenAsync(peer, id);
            held += await idle.SendAllAsync();
        }

        var sender = await Sender.OpenAsync(peer, (uint)stuck + 1);
        long moved = 0;
        for (var i = 0; i < roundTrips; i++)
        {
            moved += await sender.RoundTripAsync(LinkBytes);
        }

        return (moved, held);
    }

    private static Task<ScriptedPeer> ConnectAsync(
        MuxRole role = MuxRole.Agent,
        long budget = WindowBudget.ConnectionBytes
    ) =>
        ScriptedPeer.ConnectAsync(
            role,
            o => o with { StreamWindowBytes = Initial, WindowBudgetBytes = budget, MaxStreams = 2048 }
        );

    /// <summary>One stream of the scripted peer, which keeps count of its credit.</summary>
    private sealed class Sender(ScriptedPeer peer, uint id, MuxStream stream)
    {
        private static readonly byte[] Frame = new byte[TunnelProtocol.MaxDataBytes];

        public long Credit { get; private set; } = Initial;

        public static async Task<Sender> OpenAsync(ScriptedPeer peer, uint id)
        {
            var sender = new Sender(peer, id, await peer.OpenAsync(id));
            peer.Time.Advance(Path); // and so the connection never sends too many PINGs
            await sender.CollectAsync();
            return sender;
        }

        /// <summary>Sends up to its credit; returns how much that was.</summary>
        public async Task<long> SendAllAsync(long most = long.MaxValue)
        {
            var sent = Math.Min(Credit, most);
            for (var left = sent; left > 0; )
            {
                var part = (int)Math.Min(left, Frame.Length);
                await peer.SendAsync(Bytes.Data, id, Frame[..part]);
                left -= part;
            }

            Credit -= sent;
            return sent;
        }

        /// <summary>All its credit travels, the consumer takes it, the new credit travels back.</summary>
        public async Task<long> RoundTripAsync(long most = long.MaxValue)
        {
            var sent = await SendAllAsync(most);
            peer.Time.Advance(Path);
            for (var left = sent; left > 0; )
            {
                var part = (int)Math.Min(left, Frame.Length);
                await Samples.TakeAsync(stream.Input, part);
                left -= part;
            }

            await CollectAsync();
            return sent;
        }

        /// <summary>Reads what has been sent so far: credit is added, a PING is answered after its way there and back.</summary>
        private async Task CollectAsync()
        {
            foreach (var frame in await peer.SyncAsync(TimeSpan.Zero))
            {
                if (frame.Type == Bytes.Window && frame.Stream == id)
                {
                    Credit += frame.Credit;
                }
                else if (frame.Type == Bytes.Ping)
                {
                    peer.Time.Advance(Path);
                    await peer.SendAsync(Bytes.Pong, 0, frame.Payload);
                    await peer.SyncAsync(TimeSpan.Zero); // noted before more time passes
                }
            }
        }
    }
}
