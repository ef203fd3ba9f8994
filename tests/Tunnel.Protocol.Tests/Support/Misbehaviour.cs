using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;

namespace Culvert.Tunnel.Protocol.Tests.Support;

/// <summary>
/// One way in which a peer can misbehave, as a script against whichever end is under test: it begins after HELLO both
/// ways and with stream 1 open. Any suite may run the whole <see cref="All"/> against its own end.
/// </summary>
/// <param name="Name">What it does.</param>
/// <param name="Run">The script. What it throws because the wire was closed meanwhile counts as an end.</param>
/// <param name="Ends">The code that must end the connection; null if it must continue as if nothing had
/// happened.</param>
/// <param name="Against">The end that it concerns; null = both.</param>
internal sealed record Misbehaviour(
    string Name,
    Func<ScriptedPeer, Task> Run,
    ConnectionErrorCode? Ends,
    MuxRole? Against = null
)
{
    private const int Flood = 20_000;
    private static readonly byte[] Small = [1, 2, 3];

    public static IReadOnlyList<Misbehaviour> All { get; } =
    [
        // Split: TCP may cut anywhere.
        new("DATA in single bytes", peer => SendSplitAsync(peer, 1, Bytes.Frame(Bytes.Data, 1, Small)), null),
        new("PING cut in its header", peer => SendSplitAsync(peer, 4, Bytes.Frame(Bytes.Ping, 0, new byte[8])), null),
        new("a hundred frames in one write", peer => peer.SendRawAsync(Many(100, Bytes.Data, 1, Small)), null),
        // Duplicated.
        new("HELLO twice", peer => peer.SendAsync(Bytes.Hello, 0, Bytes.HelloPayload()), ConnectionErrorCode.Protocol),
        new("OPEN twice", peer => peer.SendAsync(Bytes.Open, 1, Bytes.OpenPayload()), ConnectionErrorCode.Protocol),
        new("FIN twice", peer => peer.SendRawAsync(Many(2, Bytes.Fin, 1)), ConnectionErrorCode.Protocol),
        new("RST twice", peer => peer.SendRawAsync(Many(2, Bytes.Rst, 1, 0, 4)), ConnectionErrorCode.Protocol),
        new("DATA behind FIN", DataBehindAsync(Bytes.Frame(Bytes.Fin, 1)), ConnectionErrorCode.Protocol),
        new("DATA behind RST", DataBehindAsync(Bytes.Frame(Bytes.Rst, 1, 0, 4)), ConnectionErrorCode.Protocol),
        // Oversized, by the header alone: the receiver does not wait for a payload that it would refuse.
        new("DATA of 16,385 bytes", Header(Bytes.Data, 1, 16_385), ConnectionErrorCode.FrameSize),
        new("DATA of 4 GiB", Header(Bytes.Data, 1, uint.MaxValue), ConnectionErrorCode.FrameSize),
        new("DATA of nothing", Header(Bytes.Data, 1, 0), ConnectionErrorCode.FrameSize),
        new("OPEN of 4,097 bytes", Header(Bytes.Open, 2, 4_097), ConnectionErrorCode.FrameSize),
        new("HELLO of 1,025 bytes", Header(Bytes.Hello, 0, 1_025), ConnectionErrorCode.FrameSize),
        new("GOAWAY of 263 bytes", Header(Bytes.GoAway, 0, 263), ConnectionErrorCode.FrameSize),
        new("an extension of 16,385 bytes", Header(0x80, 0, 16_385), ConnectionErrorCode.FrameSize),
        new("WINDOW of 5 bytes", Header(Bytes.Window, 1, 5), ConnectionErrorCode.FrameSize),
        // Lies about streams and credit.
        new("an unknown type", Header(0x0a, 0, 0), ConnectionErrorCode.Protocol),
        new("DATA on stream 0", Header(Bytes.Data, 0, 1), ConnectionErrorCode.Protocol),
        new("PING on a stream", Header(Bytes.Ping, 1, 8), ConnectionErrorCode.Protocol),
        new("DATA on a stream never opened", peer => peer.SendAsync(Bytes.Data, 9, 1), ConnectionErrorCode.Protocol),
        new(
            "credit of 4 GiB",
            peer => peer.SendAsync(Bytes.Window, 1, Bytes.U32(uint.MaxValue)),
            ConnectionErrorCode.FlowControl
        ),
        new(
            "credit of nothing",
            peer => peer.SendAsync(Bytes.Window, 1, Bytes.U32(0)),
            ConnectionErrorCode.FlowControl
        ),
        new(
            "more than its credit",
            peer => peer.SendRawAsync(Many(65, Bytes.Data, 1, new byte[16_384])),
            ConnectionErrorCode.FlowControl
        ),
        // Floods.
        new(
            "eleven PINGs in a second",
            peer => peer.SendRawAsync(Many(11, Bytes.Ping, 0, new byte[8])),
            ConnectionErrorCode.Protocol
        ),
        new("a flood of PONGs", peer => peer.SendRawAsync(Many(Flood, Bytes.Pong, 0, new byte[8])), null),
        new("a flood of extensions", peer => peer.SendRawAsync(Many(Flood, 0x81, 7, Small)), null),
        new(
            "a flood of credit, a byte each",
            peer => peer.SendRawAsync(Many(Flood, Bytes.Window, 1, Bytes.U32(1))),
            null
        ),
        new("a flood of DATA, a byte each", peer => peer.SendRawAsync(Many(Flood, Bytes.Data, 1, 7)), null),
        new("streams opened and reset at once", OpenAndResetAsync, null, MuxRole.Agent),
        new("streams beyond the limit", OpenBeyondAsync, null, MuxRole.Agent),
        new(
            "a stream opened by an agent",
            peer => peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload()),
            ConnectionErrorCode.Protocol,
            MuxRole.Edge
        ),
    ];

    public override string ToString() => Name;

    private static byte[] Many(int count, int type, long stream, params byte[] payload) =>
        [.. Enumerable.Repeat(Bytes.Frame(type, stream, payload), count).SelectMany(f => f)];

    private static Func<ScriptedPeer, Task> Header(int type, long stream, long length) =>
        peer => peer.SendRawAsync(Bytes.Header(type, stream, length));

    private static Func<ScriptedPeer, Task> DataBehindAsync(byte[] end) =>
        peer => peer.SendRawAsync([.. end, .. Bytes.Frame(Bytes.Data, 1, Small)]);

    private static async Task SendSplitAsync(ScriptedPeer peer, int size, byte[] bytes)
    {
        foreach (var part in bytes.Chunk(size))
        {
            await peer.SendRawAsync(part);
        }
    }

    /// <summary>What brought HTTP/2 servers down in 2023: work for every OPEN, no trace of it in any limit.</summary>
    private static async Task OpenAndResetAsync(ScriptedPeer peer)
    {
        for (var id = 2; id < 2_000; id++)
        {
            await peer.SendRawAsync([
                .. Bytes.Frame(Bytes.Open, id, Bytes.OpenPayload()),
                .. Bytes.Frame(Bytes.Rst, id, 0, 4),
            ]);
        }
    }

    private static async Task OpenBeyondAsync(ScriptedPeer peer)
    {
        for (var id = 2; id < 3_000; id++)
        {
            await peer.SendAsync(Bytes.Open, id, Bytes.OpenPayload());
        }
    }
}
