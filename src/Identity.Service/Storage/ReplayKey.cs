using System.Buffers.Binary;

namespace Culvert.Identity.Service.Storage;

/// <summary>What may happen only once: 256 bits, usually a SHA-256 over issuer and <c>jti</c>.</summary>
internal readonly record struct ReplayKey
{
    public const int SizeBytes = 32;

    /// <summary>Longest <see cref="Tag"/>.</summary>
    public const int MaxTagBytes = 64;

    private readonly UInt128 high;
    private readonly UInt128 low;
    private readonly byte[]? tag;

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

    /// <summary>
    /// What the first use leaves for later ones to see (<see cref="CommitResult.Existing"/>), such as whom the grant was
    /// bound to; opaque here, 0 to 64 bytes.
    /// </summary>
    public ReadOnlyMemory<byte> Tag
    {
        get => tag;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, MaxTagBytes);
            tag = value.Length == 0 ? null : value.ToArray();
        }
    }

    /// <summary>The tag as its column wants it.</summary>
    internal byte[]? StoredTag => tag;

    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), low);
        return bytes;
    }

    // Time and tag are bookkeeping: the same thing with another end is still the same thing.
    public bool Equals(ReplayKey other) => high == other.high && low == other.low;

    public override int GetHashCode() => (int)(ulong)low;
}
