using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>Every cell of the table above <see cref="MuxConnection"/>: what a frame does in each phase, at either end.</summary>
public sealed class ConnectionStateTests
{
    private const string Protocol = "PROTOCOL";
    private const string Nothing = "nothing";
    private const string Pong = "PONG";
    private const string Refused = "RST(REFUSED)";
    private const string Over = "over";
    private const string Drained = "drained";
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    public enum Phase
    {
        AwaitingHello,
        Running,
        Draining,
        PeerDraining,
        Over,
    }

    public enum Event
    {
        Hello,
        Open,
        Ping,
        Pong,
        GoAway,
        GoAwayNow,
        Data,
        Window,
        Fin,
        Rst,
        Extension,
    }

    public static TheoryData<MuxRole, Phase, Event, string> Cells
    {
        get
        {
            var cells = new TheoryData<MuxRole, Phase, Event, string>();
            foreach (var role in Enum.GetValues<MuxRole>())
            {
                foreach (var happening in Enum.GetValues<Event>())
                {
                    cells.Add(role, Phase.AwaitingHello, happening, happening == Event.Hello ? Nothing : Protocol);
                    foreach (var phase in (Phase[])[Phase.Running, Phase.Draining, Phase.PeerDraining])
                    {
                        cells.Add(role, phase, happening, Expected(role, phase, happening));
                    }

                    cells.Add(role, Phase.Over, happening, Nothing);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Receive_FrameInPhase_DoesWhatTheTableSays(
        MuxRole role,
        Phase phase,
        Event happening,
        string effect
    )
    {
        await using var peer = await InPhaseAsync(role, phase);
        await SendAsync(peer, happening);
        switch (effect)
        {
            case Protocol:
                await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
                break;
            case Pong:
                (await peer.ReadAsync(Bytes.Pong)).Payload.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
                peer.Connection.Outcome.ShouldBeNull();
                break;
            case Refused:
                (await peer.ReadAsync(Bytes.Rst)).Code.ShouldBe((int)StreamErrorCode.Refused);
                peer.Connection.Outcome.ShouldBeNull();
                break;
            case Drained:
                await peer.ShouldEndAsync(ConnectionErrorCode.Shutdown);
                break;
            case Over:
                await peer.Run.WaitAsync(Eventually.Limit);
                peer.Connection.Outcome!.By.ShouldBe(MuxEndedBy.Peer);
                break;
            default:
                await ShouldBeUnmovedAsync(peer, phase);
                break;
        }
    }

    [Fact]
    public async Task GoAway_BeforeTheConnectionRuns_FollowsHello() // W7
    {
        var (ours, theirs) = Culvert.Testing.DuplexStream.CreatePair();
        await using var connection = new MuxConnection(
            ours,
            MuxRole.Agent,
            new MuxOptions { InstanceId = "a" },
            TimeProvider.System
        );
        connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "at once");
        var running = connection.RunAsync(CancellationToken.None);
        var first = new byte[1];
        await theirs.ReadExactlyAsync(first).AsTask().WaitAsync(Eventually.Limit);
        first[0].ShouldBe(Bytes.Hello);
        await theirs.DisposeAsync();
        await running.WaitAsync(Eventually.Limit);
    }

    private static string Expected(MuxRole role, Phase phase, Event happening) =>
        happening switch
        {
            Event.Hello => Protocol,
            Event.Open when role == MuxRole.Edge => Protocol,
            Event.Open => phase == Phase.Draining ? Refused : Nothing,
            Event.Ping => Pong,
            Event.GoAwayNow => Over,
            Event.Rst when phase == Phase.Draining => Drained, // the last stream is gone
            _ => Nothing,
        };

    private static async Task<ScriptedPeer> InPhaseAsync(MuxRole role, Phase phase)
    {
        if (phase == Phase.AwaitingHello)
        {
            var waiting = ScriptedPeer.Start(role);
            (await waiting.ReadAsync()).Type.ShouldBe(Bytes.Hello);
            return waiting;
        }

        var peer = await ScriptedPeer.ConnectAsync(role);

        // A stream that the connection waits for, and that frames can be about.
        if (role == MuxRole.Agent)
        {
            await peer.OpenAsync(1);
        }
        else
        {
            peer.Connection.Open(Samples.Open);
            (await peer.ReadAsync()).Type.ShouldBe(Bytes.Open);
        }

        switch (phase)
        {
            case Phase.Draining:
                peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
                (await peer.ReadAsync()).Type.ShouldBe(Bytes.GoAway);
                break;
            case Phase.PeerDraining:
                await SendAsync(peer, Event.GoAway);
                await peer.Connection.PeerGoAway.WaitAsync(Eventually.Limit);
                break;
            case Phase.Over:
                peer.Connection.GoAway(ConnectionErrorCode.Shutdown, TimeSpan.Zero, "");
                await peer.ReadAsync(Bytes.GoAway);
                break;
            default:
                break;
        }

        return peer;
    }

    private static Task SendAsync(ScriptedPeer peer, Event happening) =>
        happening switch
        {
            Event.Hello => peer.SendAsync(Bytes.Hello, 0, Bytes.HelloPayload()),
            Event.Open => peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload()),
            Event.Ping => peer.SendAsync(Bytes.Ping, 0, 1, 2, 3, 4, 5, 6, 7, 8),
            Event.Pong => peer.SendAsync(Bytes.Pong, 0, new byte[8]),
            Event.GoAway => peer.SendAsync(Bytes.GoAway, 1, 1, 5, 0, 0, 0x75, 0x30),
            Event.GoAwayNow => peer.SendAsync(Bytes.GoAway, 1, 1, 5, 0, 0, 0, 0),
            Event.Data => peer.SendAsync(Bytes.Data, 1, 1, 2, 3),
            Event.Window => peer.SendAsync(Bytes.Window, 1, 0, 0, 0, 9),
            Event.Fin => peer.SendAsync(Bytes.Fin, 1),
            Event.Rst => peer.SendAsync(Bytes.Rst, 1, 0, 4),
            _ => peer.SendAsync(0x90, 77, 1),
        };

    private static async Task ShouldBeUnmovedAsync(ScriptedPeer peer, Phase phase)
    {
        if (phase == Phase.Over)
        {
            await peer.CloseWireAsync();
            await peer.Run.WaitAsync(Eventually.Limit);
            peer.Connection.Outcome!.Code.ShouldBe(ConnectionErrorCode.Shutdown);
            return;
        }

        foreach (var frame in await peer.SyncAsync())
        {
            frame.Type.ShouldNotBe(Bytes.Rst);
        }
    }
}
