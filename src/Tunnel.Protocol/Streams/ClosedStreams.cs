using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>Remembers how the latest streams closed, to tell frames that crossed our RST from protocol errors.</summary>
/// <remarks>
/// Frame received × how the stream closed:
/// <code>
///          Finished    ResetLocally   ResetByPeer   Forgotten
/// DATA     PROTOCOL    dropped        PROTOCOL      dropped
/// FIN      PROTOCOL    dropped        PROTOCOL      dropped
/// RST      dropped     dropped        PROTOCOL      dropped
/// WINDOW   ignored     ignored        ignored       ignored
/// </code>
/// RST after both FINs is not an error: the peer may have sent it before our FIN reached it (W11). Guarded by
/// <c>Outbox.Gate</c>.
/// </remarks>
internal sealed class ClosedStreams
{
    /// <summary>Stream ids are consecutive, so a table indexed by their low bits holds exactly the latest ones.</summary>
    public const int Remembered = 1024;

    private readonly uint[] ids = new uint[Remembered];
    private readonly ClosedReason[] reasons = new ClosedReason[Remembered];

    public void Add(uint id, ClosedReason reason)
    {
        ids[id % Remembered] = id;
        reasons[id % Remembered] = reason;
    }

    /// <exception cref="MuxConnectionException">The peer had ended the stream before.</exception>
    public void Check(uint id, FrameType type)
    {
        var reason = ids[id % Remembered] == id ? reasons[id % Remembered] : ClosedReason.Forgotten;
        var allowed = (type, reason) switch
        {
            (FrameType.Window, _) => true,
            (_, ClosedReason.ResetLocally or ClosedReason.Forgotten) => true,
            (FrameType.Rst, ClosedReason.Finished) => true,
            _ => false,
        };
        if (!allowed)
        {
            throw new MuxConnectionException(
                ConnectionErrorCode.Protocol,
                $"{type} arrived on stream {id}, which the peer had closed."
            );
        }
    }
}
