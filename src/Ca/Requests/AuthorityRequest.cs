using System.Formats.Asn1;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Culvert.Ca.Encoding;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Requests;

/// <summary>The signing request that the service gives out for a subordinate authority whose key it made.</summary>
public static class AuthorityRequest
{
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>
    /// PEM of a request for an authority that may sign leaves (path length 0). It asks for exactly what the chain will
    /// be checked for, so that a signer who copies extensions gets it right.
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
