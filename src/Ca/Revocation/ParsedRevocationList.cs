using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Revocation;

/// <summary>
/// A revocation list parsed from DER (RFC 5280 §5.1). As with certificates, parsing is strict about structure and lenient
/// about rules, so that checks and lints can name errors.
/// </summary>
public sealed class ParsedRevocationList
{
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);

    private ParsedRevocationList() { }

    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>DER of the signed part.</summary>
    public required ReadOnlyMemory<byte> TbsEncoded { get; init; }

    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    public required DistinguishedName Issuer { get; init; }

    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>The latest time of the next list; null when absent.</summary>
    public required DateTimeOffset? NextUpdate { get; init; }

    /// <summary>The entries in the list's own order.</summary>
    public required IReadOnlyList<RevokedEntry> Entries { get; init; }

    /// <summary>RFC 5280 §5.2.3; null when absent.</summary>
    public BigInteger? Number { get; private set; }

    /// <summary>RFC 5280 §5.2.1; null when absent.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyIdentifier { get; private set; }

    /// <summary>RFC 5280 §5.2.5; null when absent.</summary>
    public IssuingDistributionPoint? DistributionPoint { get; private set; }

    /// <summary>It lists only changes since another list (RFC 5280 §5.2.4).</summary>
    public bool IsDelta { get; private set; }

    /// <summary>An entry names another issuer than the list's (RFC 5280 §5.3.3).</summary>
    public bool HasForeignEntries { get; private init; }

    /// <summary>Lower-case hex SHA-256 of the DER.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoded.Span));

    internal ReadOnlyMemory<byte> InnerAlgorithm { get; init; }

    internal ReadOnlyMemory<byte> OuterAlgorithm { get; init; }

    internal ReadOnlyMemory<byte> Signature { get; init; }

    internal IReadOnlyList<DerExtension> Extensions { get; init; } = [];

    /// <summary>A time is not in the form that RFC 5280 §5.1.2.4 requires.</summary>
    internal bool HasBadTime { get; init; }

    /// <summary>An entry has an unknown critical extension: the list must not be used.</summary>
    internal bool HasUnknownCriticalEntry { get; init; }

    internal SignatureScheme? SignatureScheme =>
        InnerAlgorithm.Span.SequenceEqual(OuterAlgorithm.Span) ? SignatureScheme.Find(OuterAlgorithm.Span) : null;

    public static ParsedRevocationList? TryParse(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            ParsedRevocationList list = Read(encoded, reader.ReadSequence());
            reader.ThrowIfNotEmpty();
            return list;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Whether the authority issued the list, by name and signature only.</summary>
    public bool IsSignedBy(ParsedCertificate issuer) =>
        Issuer.HasSameEncoding(issuer.Subject) && issuer.PublicKey is { } key && IsSignedBy(key);

    internal bool IsSignedBy(SubjectPublicKey issuer) =>
        SignatureScheme is { } scheme && issuer.Verify(TbsEncoded.Span, Signature.Span, scheme);

    private static ParsedRevocationList Read(ReadOnlyMemory<byte> encoded, AsnReader list)
    {
        ReadOnlyMemory<byte> tbsEncoded = list.PeekEncodedValue();
        AsnReader tbs = list.ReadSequence();
        (ReadOnlyMemory<byte> outerAlgorithm, ReadOnlyMemory<byte> signature) = ReadSignature(list);
        int version = ReadVersion(tbs);
        ReadOnlyMemory<byte> innerAlgorithm = ReadAlgorithm(tbs);
        DistinguishedName issuer = DistinguishedName.Read(tbs);
        bool badTime = !DerTime.TryRead(tbs, out DateTimeOffset thisUpdate);
        DateTimeOffset? nextUpdate = null;
        if (DerTime.IsNext(tbs))
        {
            badTime |= !DerTime.TryRead(tbs, out DateTimeOffset next);
            nextUpdate = next;
        }

        List<RevokedEntry> entries = [];
        bool foreign = false;
        bool unknownCritical = false;
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            ReadOnlyMemory<byte> revoked = ReadContent(tbs);
            do
            {
                if (!RevokedEntryCodec.TryRead(revoked, out RevokedEntry entry, out int length))
                {
                    // The do-while refuses an empty sequence (§5.1.2.6).
                    var one = new AsnReader(revoked, AsnEncodingRules.DER);
                    length = one.PeekEncodedValue().Length;
                    entry = ReadEntry(one.ReadSequence(), ref badTime, ref foreign, ref unknownCritical);
                }

                entries.Add(entry);
                revoked = revoked[length..];
            } while (revoked.Length > 0);
        }

        List<DerExtension> extensions = [];
        if (tbs.HasData)
        {
            AsnReader wrapper = tbs.ReadSequence(ExtensionsTag);
            extensions = DerExtension.ReadAll(wrapper);
            wrapper.ThrowIfNotEmpty();
        }

        tbs.ThrowIfNotEmpty();
        var parsed = new ParsedRevocationList
        {
            Encoded = encoded,
            TbsEncoded = tbsEncoded,
            Version = version,
            Issuer = issuer,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
            Entries = entries,
            HasBadTime = badTime,
            HasForeignEntries = foreign,
            HasUnknownCriticalEntry = unknownCritical,
            Extensions = extensions,
            InnerAlgorithm = innerAlgorithm,
            OuterAlgorithm = outerAlgorithm,
            Signature = signature,
        };
        parsed.DecodeExtensions();
        return parsed;
    }

    /// <summary>Replaces the signature without parsing the content again; null when the content differs.</summary>
    internal ParsedRevocationList? WithSignature(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            AsnReader list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            ReadOnlyMemory<byte> tbsEncoded = list.ReadEncodedValue();
            (ReadOnlyMemory<byte> outerAlgorithm, ReadOnlyMemory<byte> signature) = ReadSignature(list);
            return tbsEncoded.Span.SequenceEqual(TbsEncoded.Span)
                ? CopyWith(encoded, tbsEncoded, outerAlgorithm, signature)
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private ParsedRevocationList CopyWith(
        ReadOnlyMemory<byte> encoded,
        ReadOnlyMemory<byte> tbsEncoded,
        ReadOnlyMemory<byte> outerAlgorithm,
        ReadOnlyMemory<byte> signature
    )
    {
        var copy = new ParsedRevocationList
        {
            Encoded = encoded,
            TbsEncoded = tbsEncoded,
            Version = Version,
            Issuer = Issuer,
            ThisUpdate = ThisUpdate,
            NextUpdate = NextUpdate,
            Entries = Entries,
            HasBadTime = HasBadTime,
            HasForeignEntries = HasForeignEntries,
            HasUnknownCriticalEntry = HasUnknownCriticalEntry,
            Extensions = Extensions,
            InnerAlgorithm = InnerAlgorithm,
            OuterAlgorithm = outerAlgorithm,
            Signature = signature,
        };
        copy.DecodeExtensions();
        return copy;
    }

    private static (ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> Signature) ReadSignature(AsnReader list)
    {
        ReadOnlyMemory<byte> algorithm = ReadAlgorithm(list);
        byte[] signature = list.ReadBitString(out int unusedBits);
        list.ThrowIfNotEmpty();
        return unusedBits == 0
            ? (algorithm, signature)
            : throw new AsnContentException("a signature of incomplete octets");
    }

    private static ReadOnlyMemory<byte> ReadContent(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        AsnDecoder.ReadSequence(encoded.Span, AsnEncodingRules.DER, out int offset, out int length, out _);
        reader.ReadSequence();
        return encoded.Slice(offset, length);
    }

    private static RevokedEntry ReadEntry(AsnReader entry, ref bool badTime, ref bool foreign, ref bool unknownCritical)
    {
        ReadOnlyMemory<byte> serial = Unsigned(entry.ReadIntegerBytes());
        badTime |= !DerTime.TryRead(entry, out DateTimeOffset revokedAt);
        var reason = RevocationReason.Unspecified;
        if (entry.HasData)
        {
            foreach (DerExtension extension in DerExtension.ReadAll(entry))
            {
                switch (extension.Oid)
                {
                    case Oids.CrlReason:
                        reason = ReadReason(extension.OpenValue());
                        break;
                    case Oids.CertificateIssuer:
                        foreign = true;
                        break;
                    case Oids.InvalidityDate:
                        break;
                    default:
                        unknownCritical |= extension.Critical;
                        break;
                }
            }
        }

        entry.ThrowIfNotEmpty();
        return new RevokedEntry(serial, revokedAt, reason);
    }

    private static RevocationReason ReadReason(AsnReader value)
    {
        ReadOnlyMemory<byte> bytes = value.ReadEnumeratedBytes();
        value.ThrowIfNotEmpty();
        return bytes.Length == 1 && RevocationReasons.IsKnown(bytes.Span[0])
            ? (RevocationReason)bytes.Span[0]
            : throw new AsnContentException("an unknown reason");
    }

    // In the inventory's form, without the leading zero of a positive number.
    private static ReadOnlyMemory<byte> Unsigned(ReadOnlyMemory<byte> value) =>
        value.Length > 1 && value.Span[0] == 0 ? value[1..] : value;

    private void DecodeExtensions()
    {
        foreach (DerExtension extension in Extensions)
        {
            AsnReader value = extension.OpenValue();
            switch (extension.Oid)
            {
                case Oids.AuthorityKeyIdentifier:
                    AuthorityKeyIdentifier = ExtensionReaders.ReadAuthorityKeyIdentifier(value);
                    break;
                case Oids.CrlNumber:
                    Number = value.ReadInteger();
                    value.ThrowIfNotEmpty();
                    break;
                case Oids.IssuingDistributionPoint:
                    DistributionPoint = IssuingDistributionPoint.Read(extension.Critical, value);
                    break;
                case Oids.DeltaCrlIndicator:
                    IsDelta = true;
                    break;
            }
        }
    }

    private static ReadOnlyMemory<byte> ReadAlgorithm(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        reader.ReadSequence().ReadObjectIdentifier();
        return encoded;
    }

    private static int ReadVersion(AsnReader tbs)
    {
        if (!tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            return 1;
        }

        return tbs.TryReadInt32(out int version) && version == 1
            ? 2
            : throw new AsnContentException("an unknown version");
    }
}
