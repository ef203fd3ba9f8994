using System.Buffers;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// Buffers an answer's bytes in rented memory: most answers are short, and a new array for each would be most of what a
/// call allocates.
/// </summary>
internal sealed class HeldAnswer : IBufferWriter<byte>
{
    // Room for two reads of a short answer: its bytes, and the read that finds its end.
    private const int FirstBytes = 8 * 1024;

    private byte[] bytes = [];

    public int WrittenCount { get; private set; }

    /// <summary>Valid until the next call of another member.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => bytes.AsMemory(0, WrittenCount);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - WrittenCount);
        WrittenCount += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (bytes.Length - WrittenCount < Math.Max(sizeHint, 1))
        {
            var least = Math.Max(FirstBytes, WrittenCount + Math.Max(sizeHint, WrittenCount));
            var larger = ArrayPool<byte>.Shared.Rent(least);
            bytes.AsSpan(0, WrittenCount).CopyTo(larger);
            Release();
            bytes = larger;
        }

        return bytes.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Skip(int count)
    {
        bytes.AsSpan(count, WrittenCount - count).CopyTo(bytes);
        WrittenCount -= count;
    }

    public void CutTo(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, WrittenCount);
        WrittenCount = count;
    }

    /// <summary>
    /// Call it only if no other task can write to the buffer. After an aborted answer it is garbage-collected.
    /// </summary>
    public void Return()
    {
        Release();
        (bytes, WrittenCount) = ([], 0);
    }

    private void Release()
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
