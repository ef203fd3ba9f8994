using System.Buffers;

namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>Frames in sending order. Holds a rented array only while it has bytes. Guarded by <c>Outbox.Gate</c>.</summary>
internal sealed class FrameBuffer
{
    private const int FirstBytes = 4096;

    private byte[] array = [];

    public int Length { get; private set; }

    public Span<byte> Append(int bytes)
    {
        if (Length + bytes > array.Length)
        {
            Grow(Length + bytes);
        }

        var space = array.AsSpan(Length, bytes);
        Length += bytes;
        return space;
    }

    /// <summary>Returns the bytes with their array, and starts with an empty one.</summary>
    public (byte[] Array, int Length) Detach()
    {
        var taken = (array, Length);
        array = [];
        Length = 0;
        return taken;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(needed, FirstBytes), array.Length * 2));
        array.AsSpan(0, Length).CopyTo(larger);
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }

        array = larger;
    }
}
