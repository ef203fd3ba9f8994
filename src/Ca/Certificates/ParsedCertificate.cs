using System.Formats.Asn1;
using System.Security.Cryptography;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Certificates;

/// <summary>
/// A certificate parsed from DER (RFC 5280 §4.1). Parsing is strict about structure and lenient about rules: a duplicate
/// extension or a negative serial number is kept, so that checks and lints can name it.
/// </summary>
public sealed class ParsedCertificate
{
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3);

    private ParsedCertificate() { }

    public required ReadOnlyMemory<byte> Encoded { get; init; }

    /// <summary>DER of the signed part.</summary>
    public required ReadOnlyMemory<byte> TbsEncoded { get; init; }

    /// <summary>1 to 3.</summary>
    public required int Version { get; init; }

    /// <summary>The serial number's value octets, big endian, two's complement.</summary>
    public required ReadOnlyMemory<byte> SerialNumber { get; init; }

    public required DistinguishedName Issuer { get; init; }

    public required DistinguishedName Subject { get; init; }

    /// <summary>First second of validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Last second of validity (RFC 5280 §4.1.2.5).</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>The certified key; null when its kind or size is not supported.</summary>
    public required SubjectPublicKey? PublicKey { get; init; }

    /// <summary>RFC 5280 §4.2.1.9; null when absent.</summary>
    public BasicConstraints? BasicConstraints { get; private set; }

    /// <summary>RFC 5280 §4.2.1.3; null when absent.</summary>
    public KeyUsages? KeyUsage { get; private set; }

    /// <summary>RFC 5280 §4.2.1.12; null when absent.</summary>
    public IReadOnlyList<string>? ExtendedKeyUsages { get; private set; }

    /// <summary>RFC 5280 §4.2.1.6; null when absent.</summary>
    public IReadOnlyList<GeneralName>? SubjectAlternativeNames { get; private set; }

    /// <summary>RFC 5280 §4.2.1.2; null when absent.</summary>
    public ReadOnlyMemory<byte>? SubjectKeyIdentifier { get; private set; }

    /// <summary>The key identifier of RFC 5280 §4.2.1.1; null when absent.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyIdentifier { get; private set; }

    /// <summary>The policy identifiers of RFC 5280 §4.2.1.4; null when absent.</summary>
    public IReadOnlyList<string>? Policies { get; private set; }

    /// <summary>RFC 5280 §4.2.1.10; null when absent.</summary>
    public NameConstraints? NameConstraints { get; private set; }

    /// <summary>Lower-case hex SHA-256 of the DER.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoded.Span));

    /// <summary>The serial number as lower-case hex of its value octets.</summary>
    public string SerialNumberHex => Convert.ToHexStringLower(SerialNumber.Span);

    /// <summary>True for a policy of the CA/Browser Forum (Baseline Requirements §7.1.6.1), as on the public web.</summary>
    public bool IsOfPublicWeb =>
        Policies?.Any(policy => policy.StartsWith("2.23.140.1.", StringComparison.Ordinal)) == true;

    public bool IsSelfIssued => Subject.HasSameEncoding(Issuer);

    public string ToPem() => PemEncoding.WriteString("CERTIFICATE", Encoded.Span) + "\n";

    internal PublicKeyError PublicKeyError { get; init; }

    internal IReadOnlyList<DerExtension> Extensions { get; init; } = [];

    internal ReadOnlyMemory<byte> InnerAlgorithm { get; init; }

    internal ReadOnlyMemory<byte> OuterAlgorithm { get; init; }

    internal ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>The times are not in the form that RFC 5280 §4.1.2.5 requires.</summary>
    internal bool HasBadTime { get; init; }

    /// <summary>Null when the algorithm is not supported or the inner and outer identifiers differ.</summary>
    internal SignatureScheme? SignatureScheme =>
        InnerAlgorithm.Span.SequenceEqual(OuterAlgorithm.Span) ? SignatureScheme.Find(OuterAlgorithm.Span) : null;

    public static ParsedCertificate? TryParse(ReadOnlyMemory<byte> encoded) => TryParse(encoded, null);

    /// <summary>A certified key with the encoding of <paramref name="known"/> is not parsed again.</summary>
    internal static ParsedCertificate? TryParse(ReadOnlyMemory<byte> encoded, SubjectPublicKey? known)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            ParsedCertificate certificate = Read(encoded, reader.ReadSequence(), known);
            reader.ThrowIfNotEmpty();
            return certificate;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>Replaces the signature without parsing the content again; null when the content differs.</summary>
    internal ParsedCertificate? WithSignature(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            var reader = new AsnReader(encoded, AsnEncodingRules.DER);
            AsnReader certificate = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            ReadOnlyMemory<byte> tbsEncoded = certificate.ReadEncodedValue();
            (ReadOnlyMemory<byte> outerAlgorithm, ReadOnlyMemory<byte> signature) = ReadSignature(certificate);
            return tbsEncoded.Span.SequenceEqual(TbsEncoded.Span)
                ? CopyWith(encoded, tbsEncoded, outerAlgorithm, signature)
                : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private ParsedCertificate CopyWith(
        ReadOnlyMemory<byte> encoded,
        ReadOnlyMemory<byte> tbsEncoded,
        ReadOnlyMemory<byte> outerAlgorithm,
        ReadOnlyMemory<byte> signature
    ) =>
        new()
        {
            Encoded = encoded,
            TbsEncoded = tbsEncoded,
            Version = Version,
            SerialNumber = SerialNumber,
            Issuer = Issuer,
            Subject = Subject,
            NotBefore = NotBefore,
            NotAfter = NotAfter,
            HasBadTime = HasBadTime,
            PublicKey = PublicKey,
            PublicKeyError = PublicKeyError,
            Extensions = Extensions,
            InnerAlgorithm = InnerAlgorithm,
            OuterAlgorithm = outerAlgorithm,
            Signature = signature,
            BasicConstraints = BasicConstraints,
            KeyUsage = KeyUsage,
            ExtendedKeyUsages = ExtendedKeyUsages,
            SubjectAlternativeNames = SubjectAlternativeNames,
            SubjectKeyIdentifier = SubjectKeyIdentifier,
            AuthorityKeyIdentifier = AuthorityKeyIdentifier,
            Policies = Policies,
            NameConstraints = NameConstraints,
        };

    /// <summary>True when the issuer's name and key identifier are those of the authority.</summary>
    public bool IsIssuedBy(ParsedCertificate authority) =>
        Issuer.HasSameEncoding(authority.Subject)
        && AuthorityKeyIdentifier is { } named
        && authority.SubjectKeyIdentifier is { } own
        && named.Span.SequenceEqual(own.Span);

    public bool IsSignedBy(SubjectPublicKey issuer) =>
        SignatureScheme is { } scheme && issuer.Verify(TbsEncoded.Span, Signature.Span, scheme);

    private static ParsedCertificate Read(ReadOnlyMemory<byte> encoded, AsnReader certificate, SubjectPublicKey? known)
    {
        ReadOnlyMemory<byte> tbsEncoded = certificate.PeekEncodedValue();
        AsnReader tbs = certificate.ReadSequence();
        (ReadOnlyMemory<byte> outerAlgorithm, ReadOnlyMemory<byte> signature) = ReadSignature(certificate);
        int version = ReadVersion(tbs);
        ReadOnlyMemory<byte> serial = tbs.ReadIntegerBytes();
        ReadOnlyMemory<byte> innerAlgorithm = ReadAlgorithm(tbs);
        DistinguishedName issuer = DistinguishedName.Read(tbs);
        AsnReader validity = tbs.ReadSequence();
        bool goodStart = DerTime.TryRead(validity, out DateTimeOffset notBefore);
        bool goodEnd = DerTime.TryRead(validity, out DateTimeOffset notAfter);
        validity.ThrowIfNotEmpty();
        DistinguishedName subject = DistinguishedName.Read(tbs);
        PublicKeyError error = SubjectPublicKey.Read(tbs, out SubjectPublicKey? publicKey, known);

        List<DerExtension> extensions = [];
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(ExtensionsTag))
        {
            AsnReader wrapper = tbs.ReadSequence(ExtensionsTag);
            extensions = DerExtension.ReadAll(wrapper);
            wrapper.ThrowIfNotEmpty();
        }

        // issuerUniqueID and subjectUniqueID (RFC 5280 §4.1.2.8: never generated) fail here.
        tbs.ThrowIfNotEmpty();
        var parsed = new ParsedCertificate
        {
            Encoded = encoded,
            TbsEncoded = tbsEncoded,
            Version = version,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            HasBadTime = !goodStart || !goodEnd,
            PublicKey = publicKey,
            PublicKeyError = error,
            Extensions = extensions,
            InnerAlgorithm = innerAlgorithm,
            OuterAlgorithm = outerAlgorithm,
            Signature = signature,
        };
        parsed.DecodeExtensions();
        return parsed;
    }

    private void DecodeExtensions()
    {
        foreach (DerExtension extension in Extensions)
        {
            AsnReader value = extension.OpenValue();
            switch (extension.Oid)
            {
                case Oids.BasicConstraints:
                    BasicConstraints = BasicConstraints.Read(extension.Critical, value);
                    break;
                case Oids.KeyUsage:
                    KeyUsage = ExtensionReaders.ReadKeyUsage(value);
                    break;
                case Oids.ExtendedKeyUsage:
                    ExtendedKeyUsages = ExtensionReaders.ReadExtendedKeyUsage(value);
                    break;
                case Oids.SubjectAlternativeName:
                    SubjectAlternativeNames = GeneralName.ReadAll(value);
                    break;
                case Oids.SubjectKeyIdentifier:
                    SubjectKeyIdentifier = ExtensionReaders.ReadSubjectKeyIdentifier(value);
                    break;
                case Oids.AuthorityKeyIdentifier:
                    AuthorityKeyIdentifier = ExtensionReaders.ReadAuthorityKeyIdentifier(value);
                    break;
                case Oids.CertificatePolicies:
                    Policies = ExtensionReaders.ReadPolicies(value);
                    break;
                case Oids.NameConstraints:
                    NameConstraints = NameConstraints.Read(extension.Critical, value);
                    break;
            }
        }
    }

    // The part after the content: the algorithm and the signature.
    private static (ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> Signature) ReadSignature(AsnReader certificate)
    {
        ReadOnlyMemory<byte> algorithm = ReadAlgorithm(certificate);
        byte[] signature = certificate.ReadBitString(out int unusedBits);
        certificate.ThrowIfNotEmpty();
        return unusedBits == 0
            ? (algorithm, signature)
            : throw new AsnContentException("a signature of incomplete octets");
    }

    private static ReadOnlyMemory<byte> ReadAlgorithm(AsnReader reader)
    {
        ReadOnlyMemory<byte> encoded = reader.PeekEncodedValue();
        reader.ReadSequence().ReadObjectIdentifier();
        return encoded;
    }

    private static int ReadVersion(AsnReader tbs)
    {
        if (!tbs.PeekTag().HasSameClassAndValue(VersionTag))
        {
            return 1;
        }

        AsnReader wrapper = tbs.ReadSequence(VersionTag);
        if (!wrapper.TryReadInt32(out int version) || version is < 1 or > 2)
        {
            throw new AsnContentException("an unknown version");
        }

        wrapper.ThrowIfNotEmpty();
        return version + 1;
    }
}
