using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Certificates;

/// <summary>The wire forms of certificate fields, and the SAN entries that the BCL does not read.</summary>
public static class CertificateNames
{
    private const string SubjectAlternativeNameOid = "2.5.29.17";

    // GeneralName ::= CHOICE { … uniformResourceIdentifier [6] IA5String … } (RFC 5280 §4.2.1.6)
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Lower-case hex of the serial number, as <c>openssl x509 -serial</c> prints it in upper case.</summary>
    public static string Serial(X509Certificate2 certificate)
    {
        var bytes = certificate.SerialNumberBytes.Span;

        // DER puts a zero octet before a value whose top bit is set (X.690 §8.3); it is not part of the number.
        return Convert.ToHexStringLower(bytes is [0, >= 0x80, ..] ? bytes[1..] : bytes);
    }

    /// <summary>Lower-case hex SHA-256 of the DER.</summary>
    public static string Fingerprint(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>The URI entries of the subject alternative name; null when the extension cannot be read.</summary>
    public static IReadOnlyList<string>? Uris(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions[SubjectAlternativeNameOid];
        if (extension is null)
        {
            return [];
        }

        try
        {
            var uris = new List<string>();
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }

            return uris;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a certificate is self-signed. The key identifiers decide if the names agree: the link certificate of a
    /// change of root (S11) has the same name twice, but another signer.
    /// </summary>
    public static bool IsSelfSigned(X509Certificate2 certificate)
    {
        if (!certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
        {
            return false;
        }

        var signer = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault();
        var own = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();
        return signer?.KeyIdentifier is not { } signerId
            || own is null
            || signerId.Span.SequenceEqual(own.SubjectKeyIdentifierBytes.Span);
    }
}
