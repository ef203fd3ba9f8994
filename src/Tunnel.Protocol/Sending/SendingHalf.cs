using System.IO.Pipelines;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>
/// What <see cref="Outbox"/> knows of a stream: its number, its credit, the bytes that wait, and its places in the two
/// lists of the outbox. All members but the number are guarded by <c>Outbox.Gate</c>.
/// </summary>
internal abstract class SendingHalf(uint streamId, int credit) : PipeWriter
{
    public uint StreamId => streamId;

    /// <summary>Bytes that the peer still takes.</summary>
    public int Credit { get; set; } = credit;

    /// <summary>Committed bytes that are not framed yet.</summary>
    public abstract ReadOnlySpan<byte> Unsent_NeedsLock { get; }

    /// <summary>In the round of <see cref="RoundRobinQueue"/>, which owns this and the next property.</summary>
    internal bool IsReady { get; set; }

    internal SendingHalf? NextReady { get; set; }

    /// <summary>WINDOW due to the peer. Owned by <see cref="PendingControl"/>, as the next property.</summary>
    internal int PendingWindow { get; set; }

    internal SendingHalf? NextWithCredit { get; set; }

    /// <summary>The first <paramref name="bytes"/> of <see cref="Unsent_NeedsLock"/> are framed.</summary>
    public abstract void Sent_NeedsLock(int bytes);
}
