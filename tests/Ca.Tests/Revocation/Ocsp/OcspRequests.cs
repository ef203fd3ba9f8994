using System.Formats.Asn1;
using System.Security.Cryptography;
using Culvert.Ca.Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Ocsp;

namespace Culvert.Ca.Tests.Revocation.Ocsp;

/// <summary>Requests for tests, as clients write them.</summary>
internal static class OcspRequests
{
    private const string Nonce = "1.3.6.1.5.5.7.48.1.2";

    /// <summary>A request for serial numbers of one authority.</summary>
    public static byte[] Write(
        ParsedCertificate issuer,
        IEnumerable<ReadOnlyMemory<byte>> serials,
        byte[]? nonce = null,
        bool sha256 = false,
        X509Extensions? extensions = null
    )
    {
        var generator = new OcspReqGenerator();
        var authority = new Org.BouncyCastle.X509.X509Certificate(issuer.Encoded.ToArray());
        foreach (ReadOnlyMemory<byte> serial in serials)
        {
            generator.AddRequest(
                new CertificateID(IdOf(authority, new DerInteger(new BigInteger(1, serial.ToArray())), sha256))
            );
        }

        if (nonce is not null)
        {
            extensions = Extension(Nonce, critical: false, new DerOctetString(nonce));
        }

        if (extensions is not null)
        {
            generator.SetRequestExtensions(extensions);
        }

        return generator.Generate().GetEncoded();
    }

    private static CertID IdOf(Org.BouncyCastle.X509.X509Certificate issuer, DerInteger serial, bool sha256)
    {
        var (oid, hash) = sha256
            ? ("2.16.840.1.101.3.4.2.1", HashAlgorithmName.SHA256)
            : ("1.3.14.3.2.26", HashAlgorithmName.SHA1);
        var key = issuer.CertificateStructure.SubjectPublicKeyInfo.PublicKey.GetBytes();
        return new CertID(
            new AlgorithmIdentifier(new DerObjectIdentifier(oid), DerNull.Instance),
            new DerOctetString(CryptographicOperations.HashData(hash, issuer.SubjectDN.GetDerEncoded())),
            new DerOctetString(CryptographicOperations.HashData(hash, key)),
            serial
        );
    }

    public static X509Extensions Extension(string oid, bool critical, Asn1Encodable value)
    {
        var extensions = new X509ExtensionsGenerator();
        extensions.AddExtension(new DerObjectIdentifier(oid), critical, value);
        return extensions.Generate();
    }

    /// <summary>A request whose hash algorithm has parameters of the client's choosing.</summary>
    public static byte[] WriteWithParameters(ParsedCertificate issuer, Asn1Encodable parameters)
    {
        Request plain = Request.GetInstance(
            OcspRequest.GetInstance(Write(issuer, [new byte[] { 1 }])).TbsRequest.RequestList[0]
        );
        var id = new CertID(
            new AlgorithmIdentifier(plain.ReqCert.HashAlgorithm.Algorithm, parameters),
            plain.ReqCert.IssuerNameHash,
            plain.ReqCert.IssuerKeyHash,
            plain.ReqCert.SerialNumber
        );
        var request = new TbsRequest(null, new DerSequence(new Request(id, null)), null);
        return new OcspRequest(request, null).GetDerEncoded();
    }

    /// <summary>Sequences within sequences, with lengths or without.</summary>
    public static byte[] Nested(int depth, bool indefinite)
    {
        if (indefinite)
        {
            byte[] open = new byte[4 * depth];
            for (int i = 0; i < depth; i++)
            {
                (open[2 * i], open[(2 * i) + 1]) = (0x30, 0x80);
            }

            return open;
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        for (int i = 0; i < depth; i++)
        {
            writer.PushSequence();
        }

        for (int i = 0; i < depth; i++)
        {
            writer.PopSequence();
        }

        return writer.Encode();
    }
}
