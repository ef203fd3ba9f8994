using System.Buffers;

namespace Culvert.Tunnel.Protocol.Streams;

/// <summary>A segment of a stream's received bytes. Positions count from the start of the stream.</summary>
internal sealed class InputSegment : ReadOnlySequenceSegment<byte>
{
    private byte[] array = [];
    private int end;

    public InputSegment? NextSegment { get; private set; }

    public long EndPosition => RunningIndex + end;

    public int Free => array.Length - end;

    public void Rent(int bytes, long position)
    {
        array = ArrayPool<byte>.Shared.Rent(bytes);
        end = 0;
        RunningIndex = position;
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        data.CopyTo(array.AsSpan(end));
        end += data.Length;
        Memory = array.AsMemory(0, end);
    }

    public void Link(InputSegment next)
    {
        NextSegment = next;
        Next = next;
    }

    public void Return()
    {
        ArrayPool<byte>.Shared.Return(array);
        array = [];
        end = 0;
        Memory = default;
        Unlink();
    }

    public void Unlink()
    {
        NextSegment = null;
        Next = null;
    }
}
