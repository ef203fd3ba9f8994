using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>
/// What the first exchange of an assertion stores with its replay key, so that any node can judge later ones by it: the
/// client, the rule, the family and the time.
/// </summary>
/// <remarks>
/// <code>
///  0      1        2          18       34          50     58           64
///  ┌──────┬────────┬──────────┬────────┬───────────┬──────┬────────────┐
///  │ form │ holder │ holder's │ family │ assertion │ rule │ first use, │
///  │  (1) │  kind  │  digest  │        │  digest   │      │ ms         │
///  └──────┴────────┴──────────┴────────┴───────────┴──────┴────────────┘
/// </code>
/// Digests are the first bytes of a SHA-256; the time is big-endian.
/// </remarks>
internal readonly record struct ReplayTag
{
    public const int SizeBytes = 64;

    private const byte Form = 1;
    private const int HolderAt = 2;
    private const int FamilyAt = 18;
    private const int AssertionAt = 34;
    private const int RuleAt = 50;
    private const int TimeAt = 58;

    public required ReplayHolderKind HolderKind { get; init; }

    public required UInt128 Holder { get; init; }

    public required string Family { get; init; }

    /// <summary>Digest of the signing input: distinguishes another token with the same <c>jti</c>.</summary>
    public required UInt128 Assertion { get; init; }

    public required ulong Rule { get; init; }

    public required DateTimeOffset FirstUse { get; init; }

    /// <param name="source">The client's address, as text.</param>
    public static ReplayTag Create(Grant grant, ReadOnlySpan<byte> signingInputHash, string source, DateTimeOffset now)
    {
        var (kind, holder) = grant.Confirmation switch
        {
            { KeyThumbprint: { } key } => (ReplayHolderKind.DpopKey, key),
            { CertificateThumbprint: { } certificate } => (ReplayHolderKind.Certificate, certificate),
            _ => (ReplayHolderKind.Address, source),
        };
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256Text.Hash(holder, hash);
        var holderDigest = BinaryPrimitives.ReadUInt128BigEndian(hash);
        Sha256Text.Hash(grant.Rule.Rule.Id.Value, hash);
        return new ReplayTag
        {
            HolderKind = kind,
            Holder = holderDigest,
            Family = grant.Family,
            Assertion = BinaryPrimitives.ReadUInt128BigEndian(signingInputHash),
            Rule = BinaryPrimitives.ReadUInt64BigEndian(hash),
            FirstUse = now,
        };
    }

    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        bytes[0] = Form;
        bytes[1] = (byte)HolderKind;
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(HolderAt), Holder);
        Base64Url.DecodeFromChars(Family, bytes.AsSpan(FamilyAt, RandomId.SizeBytes));
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(AssertionAt), Assertion);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(RuleAt), Rule);
        var milliseconds = FirstUse.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(TimeAt), (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(TimeAt + 2), (uint)milliseconds);
        return bytes;
    }

    /// <summary>False for a record of an earlier version, or none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ReplayTag tag)
    {
        tag = default;
        if (bytes.Length != SizeBytes || bytes[0] != Form || bytes[1] > (byte)ReplayHolderKind.Certificate)
        {
            return false;
        }

        var milliseconds =
            ((long)BinaryPrimitives.ReadUInt16BigEndian(bytes[TimeAt..]) << 32)
            | BinaryPrimitives.ReadUInt32BigEndian(bytes[(TimeAt + 2)..]);
        tag = new ReplayTag
        {
            HolderKind = (ReplayHolderKind)bytes[1],
            Holder = BinaryPrimitives.ReadUInt128BigEndian(bytes[HolderAt..]),
            Family = Base64Url.EncodeToString(bytes.Slice(FamilyAt, RandomId.SizeBytes)),
            Assertion = BinaryPrimitives.ReadUInt128BigEndian(bytes[AssertionAt..]),
            Rule = BinaryPrimitives.ReadUInt64BigEndian(bytes[RuleAt..]),
            FirstUse = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        };
        return true;
    }
}
