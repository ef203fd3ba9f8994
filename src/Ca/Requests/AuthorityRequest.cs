using System.Formats.Asn1;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Requests;

/// <summary>The signing request for a subordinate authority whose key the service generated.</summary>
public static class AuthorityRequest
{
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>
    /// Creates a PEM request for an authority that signs only leaves (path length 0). It requests exactly what the chain
    /// will be checked for, so that a CA that copies extensions issues a valid certificate.
    /// </summary>
    /// <param name="key">The authority's key.</param>
    /// <param name="commonName">Subject, 1 to 64 characters.</param>
    public static string Create(IssuerKey key, string commonName)
    {
        byte[] info = WriteInfo(key.PublicKey, commonName);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(info);
            writer.WriteEncodedValue(key.Scheme.Identifier.Span);
            writer.WriteBitString(key.Sign(info));
        }

        return PemEncoding.WriteString("CERTIFICATE REQUEST", writer.Encode()) + "\n";
    }

    private static byte[] WriteInfo(SubjectPublicKey key, string commonName)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            writer.WriteEncodedValue(DistinguishedName.FromCommonName(commonName).Encoded.Span);
            writer.WriteEncodedValue(key.Encoded.Span);
            using (writer.PushSetOf(AttributesTag))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.ExtensionRequest);
                using (writer.PushSetOf())
                using (writer.PushSequence())
                {
                    ExtensionWriters.WriteBasicConstraints(writer, isAuthority: true, pathLength: 0);
                    ExtensionWriters.WriteKeyUsage(writer, KeyUsages.KeyCertSign | KeyUsages.CrlSign);
                    ExtensionWriters.WriteSubjectKeyIdentifier(writer, key.ComputeKeyIdentifier());
                }
            }
        }

        return writer.Encode();
    }
}
