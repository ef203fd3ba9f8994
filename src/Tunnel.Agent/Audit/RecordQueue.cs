using System.Buffers;
using System.Buffers.Binary;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>
/// Records that wait for the writer, as they will be written: one after another in rented segments. So no object of a
/// record outlives its call, and no memory is held while no call is made.
/// </summary>
internal sealed class RecordQueue
{
    /// <summary>Of a segment; a longer record has one of its own.</summary>
    internal const int SegmentBytes = 64 * 1024;

    private const int LengthBytes = sizeof(int);

    private readonly Lock gate = new();

    // Guarded by the gate.
    private Queue<Segment> segments = [];
    private Segment? last;

    /// <summary>Adds a record behind all others.</summary>
    public void Add(ReadOnlySpan<byte> members)
    {
        var length = LengthBytes + members.Length;
        lock (gate)
        {
            if (last is null || last.Bytes.Length - last.Used < length)
            {
                segments.Enqueue(last = new Segment(ArrayPool<byte>.Shared.Rent(Math.Max(SegmentBytes, length))));
            }

            last.Append(members);
        }
    }

    /// <summary>Takes all that is there; leaves <paramref name="empty"/> in its place.</summary>
    public Queue<Segment> Drain(Queue<Segment> empty)
    {
        lock (gate)
        {
            (var taken, segments, last) = (segments, empty, null);
            return taken;
        }
    }

    /// <summary>Records that are written together.</summary>
    internal sealed class Segment(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        public int Used { get; private set; }

        public int Records { get; private set; }

        public void Append(ReadOnlySpan<byte> members)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Used), members.Length);
            members.CopyTo(bytes.AsSpan(Used + LengthBytes));
            Used += LengthBytes + members.Length;
            Records++;
        }

        /// <summary>The record at a place, which moves on to the next; empty behind the last.</summary>
        public ReadOnlySpan<byte> Next(ref int at)
        {
            if (at == Used)
            {
                return default;
            }

            var members = bytes.AsSpan(at + LengthBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)));
            at += LengthBytes + members.Length;
            return members;
        }

        /// <summary>Its records are written, and it is used no more.</summary>
        public void Return() => ArrayPool<byte>.Shared.Return(bytes);
    }
}
