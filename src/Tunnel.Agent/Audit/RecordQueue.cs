using System.Buffers;
using System.Buffers.Binary;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Serialized records in rented segments: no object outlives its call, and an idle agent has none.</summary>
internal sealed class RecordQueue
{
    /// <summary>The size of a segment; a longer record has its own segment.</summary>
    internal const int SegmentBytes = 64 * 1024;

    private const int LengthBytes = sizeof(int);

    private readonly Lock gate = new();

    // Guarded by gate.
    private Queue<Segment> segments = [];
    private Segment? last;

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

    /// <summary>Removes and returns all segments; replaces the queue by <paramref name="empty"/>.</summary>
    public Queue<Segment> Drain(Queue<Segment> empty)
    {
        lock (gate)
        {
            (var taken, segments, last) = (segments, empty, null);
            return taken;
        }
    }

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

        /// <summary>Returns the record at a position and advances the position; empty after the last.</summary>
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

        /// <summary>Returns the memory after its records are written; the segment must not be used afterwards.</summary>
        public void Return() => ArrayPool<byte>.Shared.Return(bytes);
    }
}
