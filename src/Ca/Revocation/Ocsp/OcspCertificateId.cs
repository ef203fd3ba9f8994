using System.Security.Cryptography;
using Culvert.Ca.Encoding;
using Culvert.Ca.Orders;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;

namespace Culvert.Ca.Revocation.Ocsp;

/// <summary>A certificate in a request: two hashes of its issuer, and its serial number (RFC 6960 §4.1.1).</summary>
public sealed class OcspCertificateId
{
    private OcspCertificateId(CertID encoded, string key, string serialHex)
    {
        Encoded = encoded;
        Key = key;
        SerialHex = serialHex;
    }

    /// <summary>Hex of its DER: equal for equal requests.</summary>
    public string Key { get; }

    /// <summary>In the inventory's form; empty when it is negative, which no serial number of the service is.</summary>
    public string SerialHex { get; }

    /// <summary>Responses repeat it as it was requested.</summary>
    internal CertID Encoded { get; }

    /// <summary>Whether the authority is the named issuer. Hashes other than SHA-1 and SHA-256 match no issuer.</summary>
    public bool HasIssuer(Issuer issuer)
    {
        HashAlgorithmName? hash = Encoded.HashAlgorithm.Algorithm.Id switch
        {
            // RFC 5019 §2.1.1 makes clients use SHA-1. It only identifies the issuer; no trust depends on it.
            Oids.Sha1 => HashAlgorithmName.SHA1,
            Oids.Sha256 => HashAlgorithmName.SHA256,
            _ => null,
        };
        return hash is { } known
            && IsHash(known, issuer.Name.Encoded.Span, Encoded.IssuerNameHash)
            && IsHash(known, issuer.PublicKey.KeyBits.Span, Encoded.IssuerKeyHash);
    }

    /// <summary>Null when the algorithm has parameters: they are arbitrary, and responses are cached by request.</summary>
    internal static OcspCertificateId? Read(CertID encoded)
    {
        if (encoded.HashAlgorithm.Parameters is not (null or Asn1Null))
        {
            return null;
        }

        var serial = encoded.SerialNumber.Value;
        return new OcspCertificateId(
            encoded,
            Convert.ToHexStringLower(encoded.GetDerEncoded()),
            serial.SignValue < 0 ? "" : Convert.ToHexStringLower(serial.ToByteArrayUnsigned())
        );
    }

    private static bool IsHash(HashAlgorithmName hash, ReadOnlySpan<byte> data, Asn1OctetString named) =>
        CryptographicOperations.HashData(hash, data).AsSpan().SequenceEqual(named.GetOctets());
}
