using System.Buffers.Binary;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The identity of something that may happen only once: 256 bits, usually a SHA-256 over issuer and <c>jti</c>.
/// </summary>
internal readonly record struct ReplayKey
{
    public const int SizeBytes = 32;

    // The bytes of the stored form that hold the expiry, if there is one.
    private const int EndBytes = 4;

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
    /// From then on the key cannot be presented successfully (an assertion's exp + leeway), so memory may drop it.
    /// </summary>
    public long UntilUnixSeconds { get; }

    /// <summary>
    /// The expiry of the assertion itself, equal at each presentation (its exp); null = none. Keys with an expiry can be
    /// stored in its order (<see cref="ToStoredArray"/>).
    /// </summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>
    /// Opaque data of the first use that later uses can read (<see cref="CommitResult.Existing"/>), such as the binding of
    /// the grant; 0 to 64 bytes.
    /// </summary>
    public ReadOnlyMemory<byte> Tag
    {
        get => tag;
        init => StoredTag = value.ToArray();
    }

    /// <summary>The tag as a column value, not copied; null if empty.</summary>
    internal byte[]? StoredTag
    {
        get => tag;
        init
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value?.Length ?? 0, MaxTagBytes);
            tag = value is { Length: > 0 } ? value : null;
        }
    }

    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), low);
        return bytes;
    }

    /// <summary>
    /// Like <see cref="ToArray"/>, but the expiry (seconds since 1970, big-endian) replaces the first four bytes:
    /// neighbouring rows of the unique index then have the same time, whereas digests in random order touch one page each.
    /// Without an expiry it is the digest.
    /// </summary>
    public byte[] ToStoredArray()
    {
        var bytes = ToArray();
        if (Ends is { } end)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Math.Clamp(end.ToUnixTimeSeconds(), 0, uint.MaxValue));
        }

        return bytes;
    }

    /// <summary>
    /// The 224 bits that identify a key. Expiry and tag are not part of it, so the stored and the presented form of a key
    /// are equal, with any expiry.
    /// </summary>
    public (UInt128, UInt128) Identity => (high & (UInt128.MaxValue >> (8 * EndBytes)), low);

    public bool Equals(ReplayKey other) => Identity == other.Identity;

    public override int GetHashCode() => Identity.GetHashCode();
}
