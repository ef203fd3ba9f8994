using System.Formats.Asn1;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Refusals;

namespace Culvert.Ca.Requests;

/// <summary>
/// Parses PKCS#10 signing requests (RFC 2986), PEM or DER, and verifies the proof of possession. Any input yields a request
/// or a refusal.
/// </summary>
public static class SigningRequestParser
{
    /// <summary>Limit of the input, in octets.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxAttributes = 16;
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public static CaResult<ParsedRequest> Parse(string pem)
    {
        if (pem.Length > MaxBytes)
        {
            return TooLarge();
        }

        PemError error = StrictPem.Read(pem, maxBlocks: 1, out List<PemBlock> blocks);
        return error switch
        {
            PemError.Empty => new CaRefusal(CaErrorCodes.RequestInvalid, "The signing request is empty."),
            PemError.TrailingData => TrailingData(),
            // OpenSSL before 1.0 and some appliances still write the second label (RFC 7468 §7).
            PemError.None when blocks[0].Label is "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST" => ParseDer(
                blocks[0].Data
            ),
            _ when HasTextBefore(pem) => Malformed(
                "There is text before the signing request's PEM block: send the block alone, as openssl req -in FILE writes it."
            ),
            _ => Malformed("The signing request is not one PEM block of type CERTIFICATE REQUEST."),
        };
    }

    public static CaResult<ParsedRequest> Parse(ReadOnlyMemory<byte> input)
    {
        if (input.Length > MaxBytes)
        {
            return TooLarge();
        }

        if (input.Span.StartsWith("\uFEFF"u8))
        {
            input = input[3..];
        }

        // DER of a SEQUENCE begins with 30 hex, the character '0', with which no PEM text begins.
        return input.Length > 0 && input.Span[0] == 0x30
            ? ParseDer(input)
            : Parse(System.Text.Encoding.Latin1.GetString(input.Span));
    }

    private static bool HasTextBefore(string pem) =>
        pem.IndexOf("CERTIFICATE REQUEST-----", StringComparison.Ordinal) is > 0 and var label
        && pem.AsSpan(0, label).TrimStart('\uFEFF').TrimStart().IndexOf("-----BEGIN ", StringComparison.Ordinal) > 0;

    private static CaResult<ParsedRequest> ParseDer(ReadOnlyMemory<byte> der)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            AsnReader request = reader.ReadSequence();
            return reader.HasData ? TrailingData() : Read(request);
        }
        catch (AsnContentException)
        {
            return Malformed("The signing request is not DER of a PKCS#10 request.");
        }
    }

    private static CaResult<ParsedRequest> Read(AsnReader request)
    {
        ReadOnlyMemory<byte> signed = request.PeekEncodedValue();
        AsnReader info = request.ReadSequence();
        ReadOnlyMemory<byte> algorithm = request.ReadEncodedValue();
        byte[] signature = request.ReadBitString(out int unusedBits);
        request.ThrowIfNotEmpty();
        if (!info.TryReadInt32(out int version) || version != 0 || unusedBits != 0)
        {
            return Malformed("The signing request is not of version 1.");
        }

        DistinguishedName subject = DistinguishedName.Read(info);
        PublicKeyError keyError = SubjectPublicKey.Read(info, out SubjectPublicKey? key, isProven: true);
        CaRefusal? attributeRefusal = ReadAttributes(info, out List<DerExtension> extensions);

        // In the order of the documentation's table: errors of the proof come before errors of the requested content.
        if (SignatureScheme.Find(algorithm.Span) is not { } scheme)
        {
            return new CaRefusal(
                CaErrorCodes.CsrSignatureAlgorithm,
                "The signing request's signature algorithm is not accepted."
            );
        }

        if (key is null)
        {
            return keyError == PublicKeyError.Weak
                ? new CaRefusal(CaErrorCodes.KeyWeak, "The RSA key's size or exponent is not accepted.")
                : new CaRefusal(CaErrorCodes.KeyUnsupported, "The key's algorithm, curve or encoding is not accepted.");
        }

        if (!key.Verify(signed.Span, signature, scheme))
        {
            return new CaRefusal(
                CaErrorCodes.CsrSignatureInvalid,
                "The signing request is not signed by the key that it carries."
            );
        }

        if (attributeRefusal is not null)
        {
            return attributeRefusal;
        }

        return ReadWishes(subject, key, extensions);
    }

    private static CaRefusal? ReadAttributes(AsnReader info, out List<DerExtension> extensions)
    {
        extensions = [];

        // RFC 2986 §4.1: attributes are mandatory, but the set may be empty.
        AsnReader attributes = info.ReadSetOf(AttributesTag);
        info.ThrowIfNotEmpty();
        HashSet<string> seen = [];
        while (attributes.HasData)
        {
            AsnReader attribute = attributes.ReadSequence();
            string type = attribute.ReadObjectIdentifier();
            AsnReader values = attribute.ReadSetOf();
            attribute.ThrowIfNotEmpty();
            if (!seen.Add(type))
            {
                return Forbidden("An attribute occurs twice.");
            }

            if (seen.Count > MaxAttributes)
            {
                return Forbidden("There are too many attributes.");
            }

            if (type == Oids.ExtensionRequest)
            {
                extensions = DerExtension.ReadAll(values);
                values.ThrowIfNotEmpty();
            }
        }

        return null;
    }

    private static CaResult<ParsedRequest> ReadWishes(
        DistinguishedName subject,
        SubjectPublicKey key,
        List<DerExtension> extensions
    )
    {
        IReadOnlyList<GeneralName> names = [];
        IReadOnlyList<string>? purposes = null;
        KeyUsages? usage = null;
        HashSet<string> seen = [];
        foreach (DerExtension extension in extensions)
        {
            if (!seen.Add(extension.Oid))
            {
                return Forbidden("An extension occurs twice.");
            }

            AsnReader value = extension.OpenValue();
            switch (extension.Oid)
            {
                case Oids.SubjectAlternativeName:
                    names = GeneralName.ReadAll(value);
                    break;
                case Oids.ExtendedKeyUsage:
                    purposes = ExtensionReaders.ReadExtendedKeyUsage(value);
                    break;
                case Oids.KeyUsage:
                    usage = ExtensionReaders.ReadKeyUsage(value);
                    break;
                case Oids.BasicConstraints:
                    BasicConstraints constraints = BasicConstraints.Read(extension.Critical, value);
                    if (constraints.IsAuthority || constraints.PathLength is not null)
                    {
                        return Forbidden("The request must not contain the basic constraints of an authority.");
                    }

                    break;
                case Oids.NameConstraints:
                    return Forbidden("The request must not contain name constraints.");
                default:
                    if (extension.Critical && extension.Oid != Oids.SubjectKeyIdentifier)
                    {
                        return Forbidden("The request contains an unknown critical extension.");
                    }

                    break;
            }
        }

        if (usage is { } asked && (asked & (KeyUsages.KeyCertSign | KeyUsages.CrlSign)) != 0)
        {
            return Forbidden("The request must not contain the key usage of an authority.");
        }

        return new ParsedRequest
        {
            PublicKey = key,
            Subject = subject,
            Names = names,
            ExtendedKeyUsages = purposes,
            KeyUsage = usage,
        };
    }

    private static CaRefusal TooLarge() =>
        new(CaErrorCodes.RequestTooLarge, "The signing request is larger than 16 KiB.");

    private static CaRefusal TrailingData() =>
        new(CaErrorCodes.CsrTrailingData, "Something follows the signing request.");

    private static CaRefusal Malformed(string message) => new(CaErrorCodes.CsrMalformed, message);

    private static CaRefusal Forbidden(string message) => new(CaErrorCodes.CsrExtensionForbidden, message);
}
