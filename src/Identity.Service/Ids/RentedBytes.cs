using System.Buffers;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Bytes in an array of the shared pool: a request's body, record or answer. The owner returns the array once, when nothing
/// refers to it; if that is uncertain (after an exception), the garbage collector takes it. The array is cleared first,
/// because it may contain credentials.
/// </summary>
internal readonly struct RentedBytes(byte[] array, int length)
{
    public ReadOnlyMemory<byte> Memory => array.AsMemory(0, length);

    /// <summary>The unused rest of the array, for data with the same lifetime as the bytes.</summary>
    public Memory<byte> Room => array.AsMemory(length);

    /// <param name="room">The minimum length of <see cref="Room"/>.</param>
    public static RentedBytes Copy(in ReadOnlySequence<byte> bytes, int room = 0)
    {
        var length = checked((int)bytes.Length);
        var array = ArrayPool<byte>.Shared.Rent(length + room);
        bytes.CopyTo(array);
        return new RentedBytes(array, length);
    }

    public static RentedBytes Copy(ReadOnlySpan<byte> bytes)
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
