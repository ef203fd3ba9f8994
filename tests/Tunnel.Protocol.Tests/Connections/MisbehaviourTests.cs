using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>Every misbehaviour against both ends: it ends the connection with its code, or costs nothing.</summary>
public sealed class MisbehaviourTests
{
    public static TheoryData<MuxRole, string> Cases
    {
        get
        {
            var cases = new TheoryData<MuxRole, string>();
            foreach (var misbehaviour in Misbehaviour.All)
            {
                foreach (var role in Enum.GetValues<MuxRole>().Where(r => r == (misbehaviour.Against ?? r)))
                {
                    cases.Add(role, misbehaviour.Name);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Receive_Misbehaviour_EndsWithItsCodeOrCostsNothing(MuxRole role, string name)
    {
        var misbehaviour = Misbehaviour.All.Single(m => m.Name == name);
        await using var peer = await ScriptedPeer.ConnectAsync(role, capacity: 4 * 1024 * 1024);
        if (role == MuxRole.Agent)
        {
            await peer.OpenAsync(1);
        }
        else
        {
            peer.Connection.Open(Samples.Open);
        }

        _ = AcceptAllAsync(peer.Connection);
        await misbehaviour.Run(peer);
        if (misbehaviour.Ends is { } code)
        {
            await peer.ShouldEndAsync(code);
        }
        else
        {
            await peer.SyncAsync(); // still there, and still answers
            peer.Connection.Outcome.ShouldBeNull();
        }
    }

    /// <summary>Late: whatever the peer leaves unfinished, it has had its time after 15 s (W4).</summary>
    [Theory]
    [InlineData(MuxRole.Agent)]
    [InlineData(MuxRole.Edge)]
    public async Task Receive_HalfAFrameThenSilence_EndsWithinFifteenSeconds(MuxRole role)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(role);
        await peer.SendRawAsync(Bytes.Header(0x80, 0, 100));
        await peer.SyncOnBytesAsync(9);
        for (var second = 1; second < 15; second++)
        {
            peer.Time.Advance(TimeSpan.FromSeconds(1));
            peer.Connection.Outcome.ShouldBeNull();
        }

        peer.Time.Advance(TimeSpan.FromSeconds(1));
        await peer.ShouldEndAsync(ConnectionErrorCode.Idle);
    }

    /// <summary>Reset: the wire ends in the middle of a frame, with streams open.</summary>
    [Theory]
    [InlineData(MuxRole.Agent)]
    [InlineData(MuxRole.Edge)]
    public async Task Receive_WireCutWithinAFrame_FailsItsStreams(MuxRole role)
    {
        var peer = await ScriptedPeer.ConnectAsync(role);
        var stream = role == MuxRole.Agent ? await peer.OpenAsync(1) : peer.Connection.Open(Samples.Open);
        var reading = stream.Input.ReadAsync().AsTask();
        await peer.SendRawAsync(Bytes.Header(Bytes.Data, 1, 100));
        await peer.DisposeAsync();
        (await Should.ThrowAsync<MuxStreamException>(reading)).End.ShouldBe(StreamEnd.ConnectionLost);
        peer.Connection.Outcome!.By.ShouldBe(MuxEndedBy.Transport);
    }

    /// <summary>A peer that causes answers and reads none of them is cut off, whatever it says (W5).</summary>
    [Fact]
    public async Task Receive_OpensWithoutEndFromAPeerThatDoesNotRead_EndsTheConnection()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            o => o with { MaxStreams = 1 },
            capacity: 64 * 1024
        );
        await peer.OpenAsync(1);
        for (var id = 2; peer.Connection.Outcome is null; id++)
        {
            try
            {
                await peer.SendAsync(Bytes.Open, id, Bytes.OpenPayload()); // each is answered with RST(LIMIT)
            }
            catch (IOException)
            {
                break;
            }
        }

        peer.Connection.Outcome!.Code.ShouldBe(ConnectionErrorCode.Idle);
    }

    private static async Task AcceptAllAsync(MuxConnection connection)
    {
        while (await connection.AcceptAsync(CancellationToken.None) is { } stream)
        {
            await stream.DisposeAsync();
        }
    }
}
