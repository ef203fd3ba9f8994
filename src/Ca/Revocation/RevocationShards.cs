using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Culvert.Ca.Revocation;

/// <summary>
/// Assigns certificates to an authority's lists by the low bits of the serial number. They are random, so the lists have
/// equal sizes; the number of lists never changes, because every certificate contains its list's address.
/// </summary>
public static class RevocationShards
{
    public const int Most = 4096;

    /// <summary>True for a power of two from 1 to <see cref="Most"/>.</summary>
    public static bool IsCount(int count) => count is >= 1 and <= Most && BitOperations.IsPow2(count);

    /// <summary>The list of a serial number.</summary>
    /// <param name="serial">The value octets, at least two.</param>
    /// <param name="count">The authority's number of lists.</param>
    public static int GetShard(ReadOnlySpan<byte> serial, int count) =>
        BinaryPrimitives.ReadUInt16BigEndian(serial[^2..]) & (count - 1);

    /// <summary>The list of a serial number in the inventory's form.</summary>
    public static int GetShard(string serialHex, int count) =>
        ushort.Parse(
            serialHex.AsSpan(serialHex.Length - 4),
            NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture
        ) & (count - 1);
}
