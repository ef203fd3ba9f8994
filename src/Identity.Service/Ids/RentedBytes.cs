using System.Buffers;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Bytes in an array of the shared pool: a request's body, its record, its answer. The array is given back once, by its owner, when nothing
/// refers to it any more; where that is not certain (an exception), it is left to the collector. Credentials may be in it, so
/// it goes back empty.
/// </summary>
internal readonly struct RentedBytes(byte[] array, int length)
{
    public ReadOnlyMemory<byte> Memory => array.AsMemory(0, length);

    /// <summary>What is left of the array, for whatever is as short-lived as the bytes themselves.</summary>
    public Memory<byte> Room => array.AsMemory(length);

    /// <param name="bytes">What is copied.</param>
    /// <param name="room">The least that is left beyond it.</param>
    public static RentedBytes CopyOf(in ReadOnlySequence<byte> bytes, int room = 0)
    {
        var length = checked((int)bytes.Length);
        var array = ArrayPool<byte>.Shared.Rent(length + room);
        bytes.CopyTo(array);
        return new RentedBytes(array, length);
    }

    public static RentedBytes CopyOf(ReadOnlySpan<byte> bytes)
    {
        var array = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(array);
        return new RentedBytes(array, bytes.Length);
    }

    public void Return()
    {
        array.AsSpan().Clear();
        ArrayPool<byte>.Shared.Return(array);
    }
}
