using System.IO.Pipelines;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// What <see cref="Outbox"/> knows of a stream: its number, credit, pending bytes, and links of the outbox's two lists. All
/// members except the number are guarded by <c>Outbox.Gate</c>.
/// </summary>
internal abstract class SendingHalf(uint streamId, int credit) : PipeWriter
{
    public uint StreamId => streamId;

    public int Credit { get; set; } = credit;

    public abstract ReadOnlySpan<byte> Unsent_NeedsLock { get; }

    /// <summary>True while in <see cref="RoundRobinQueue"/>, which owns this and the next property.</summary>
    internal bool IsReady { get; set; }

    internal SendingHalf? NextReady { get; set; }

    /// <summary>WINDOW due to the peer. <see cref="PendingControl"/> owns this and the next property.</summary>
    internal int PendingWindow { get; set; }

    internal SendingHalf? NextWithCredit { get; set; }

    /// <summary>The first <paramref name="bytes"/> of <see cref="Unsent_NeedsLock"/> are framed.</summary>
    public abstract void Sent_NeedsLock(int bytes);
}
