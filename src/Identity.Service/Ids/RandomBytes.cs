using System.Security.Cryptography;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// The platform's random bytes, fetched a block at a time: an exchange needs four small pieces, and most of what one
/// costs is the call. A byte is given out once and cleared where it lay.
/// </summary>
internal static class RandomBytes
{
    private const int BlockBytes = 1024;

    // Each thread has a block of its own, so nothing is shared and nothing is locked.
    [ThreadStatic]
    private static byte[]? block;

    [ThreadStatic]
    private static int left;

    public static void Fill(Span<byte> destination)
    {
        if (destination.Length > BlockBytes)
        {
            RandomNumberGenerator.Fill(destination);
            return;
        }

        if (destination.Length > left)
        {
            block ??= GC.AllocateUninitializedArray<byte>(BlockBytes);
            RandomNumberGenerator.Fill(block);
            left = BlockBytes;
        }

        left -= destination.Length;
        var piece = block.AsSpan(left, destination.Length);
        piece.CopyTo(destination);
        piece.Clear();
    }

    public static byte[] Get(int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        Fill(bytes);
        return bytes;
    }
}
