using System.Security.Cryptography;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Random bytes of the operating system, read in blocks: an exchange needs four small values, whose cost is mostly the call.
/// Each byte is used once and cleared in the block.
/// </summary>
internal static class RandomBytes
{
    private const int BlockBytes = 1024;

    // One block per thread, so no lock is needed.
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
