using System.Buffers.Binary;

namespace Culvert.Identity.Service.Storage;

/// <summary>What may happen only once: 256 bits, usually a SHA-256 over issuer and <c>jti</c>.</summary>
internal readonly record struct ReplayKey
{
    public const int SizeBytes = 32;

    // Of what is stored, where the thing has an end of its own.
    private const int EndBytes = 4;

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
    /// The thing's own end, the same whenever it is presented (an assertion's exp); null = it has none. Keys with an end can
    /// be stored in its order (<see cref="ToStoredArray"/>).
    /// </summary>
    public DateTimeOffset? Ends { get; init; }

    /// <summary>
    /// What the first use leaves for later ones to see (<see cref="CommitResult.Existing"/>), such as whom the grant was
    /// bound to; opaque here, 0 to 64 bytes.
    /// </summary>
    public ReadOnlyMemory<byte> Tag
    {
        get => tag;
        init => StoredTag = value.ToArray();
    }

    /// <summary>The tag as its column wants it; null when there is none. It is not copied.</summary>
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
    /// As <see cref="ToArray"/>, with the end (seconds since 1970, big-endian) in place of the first four bytes: the rows of a
    /// unique index that lie together are then those of one time, where a digest's own order touches a page for each. Without
    /// an end it is the digest.
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
    /// What distinguishes things: 224 bits. Time and tag are bookkeeping: the same thing with another end is still the same
    /// thing, and so is what was stored in one form and is presented in the other.
    /// </summary>
    public (UInt128, UInt128) Identity => (high & (UInt128.MaxValue >> (8 * EndBytes)), low);

    public bool Equals(ReplayKey other) => Identity == other.Identity;

    public override int GetHashCode() => Identity.GetHashCode();
}
