using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Culvert.Ca.Revocation;

/// <summary>
/// Which of an authority's lists a certificate belongs to: the low bits of its serial number. They are random, so the
/// lists are of equal size, and the number of lists never changes, because every certificate contains its list's address.
/// </summary>
public static class RevocationShards
{
    /// <summary>Most lists of one authority.</summary>
    public const int Most = 4096;

    /// <summary>True for a power of two from 1 to <see cref="Most"/>.</summary>
    public static bool IsCount(int count) => count is >= 1 and <= Most && BitOperations.IsPow2(count);

    /// <summary>The list of that serial number.</summary>
    /// <param name="serial">Its value octets, at least two.</param>
    /// <param name="count">How many lists the authority has.</param>
    public static int GetShard(ReadOnlySpan<byte> serial, int count) =>
        BinaryPrimitives.ReadUInt16BigEndian(serial[^2..]) & (count - 1);

    /// <summary>The same, from the inventory's spelling.</summary>
    public static int GetShard(string serialHex, int count) =>
        ushort.Parse(
            serialHex.AsSpan(serialHex.Length - 4),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture
        ) & (count - 1);
}
