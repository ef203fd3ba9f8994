using System.Buffers.Binary;

namespace Culvert.Identity.Service.Storage;

/// <summary>What may happen only once: 256 bits, usually a SHA-256 over issuer and <c>jti</c>.</summary>
internal readonly record struct ReplayKey
{
    public const int SizeBytes = 32;

    private readonly UInt128 high;
    private readonly UInt128 low;

    public ReplayKey(ReadOnlySpan<byte> sha256, DateTimeOffset until)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SizeBytes);
        high = BinaryPrimitives.ReadUInt128BigEndian(sha256);
        low = BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]);
        UntilUnixSeconds = until.ToUnixTimeSeconds();
    }

    /// <summary>
    /// From then on the thing cannot be presented anyway (an assertion's exp + leeway), so memory may forget it.
    /// </summary>
    public long UntilUnixSeconds { get; }

    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), low);
        return bytes;
    }

    // The time is bookkeeping: the same thing with another end is still the same thing.
    public bool Equals(ReplayKey other) => high == other.high && low == other.low;

    public override int GetHashCode() => (int)(ulong)low;
}
