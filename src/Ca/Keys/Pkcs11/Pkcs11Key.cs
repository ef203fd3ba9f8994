using System.Formats.Asn1;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;

namespace Culvert.Ca.Keys.Pkcs11;

internal sealed class Pkcs11Key(Pkcs11Token token, string label, SubjectPublicKey publicKey)
{
    public SubjectPublicKey PublicKey { get; } = publicKey;

    public static CKM GetMechanism(bool isRsa) => isRsa ? CKM.CKM_RSA_PKCS : CKM.CKM_ECDSA;

    /// <exception cref="CryptographicException">The HSM did not sign, not even with new handles.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data, HashAlgorithmName algorithm)
    {
        byte[] hash = CryptographicOperations.HashData(algorithm, data);
        return PublicKey.IsRsa ? SignRsaHash(hash, algorithm) : ToDer(token.Sign(label, CKM.CKM_ECDSA, hash));
    }

    /// <exception cref="CryptographicException">The HSM did not sign, not even with new handles.</exception>
    public byte[] SignRsaHash(byte[] hash, HashAlgorithmName algorithm) =>
        token.Sign(label, CKM.CKM_RSA_PKCS, DigestInfo(algorithm, hash));

    // RFC 8017 §9.2: the mechanism pads, but the caller writes the DigestInfo.
    private static byte[] DigestInfo(HashAlgorithmName algorithm, byte[] hash)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(
                    algorithm.Name switch
                    {
                        "SHA256" => "2.16.840.1.101.3.4.2.1",
                        "SHA384" => "2.16.840.1.101.3.4.2.2",
                        "SHA512" => "2.16.840.1.101.3.4.2.3",
                        _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
                    }
                );
                writer.WriteNull();
            }

            writer.WriteOctetString(hash);
        }

        return writer.Encode();
    }

    // PKCS#11 returns r and s in equal halves (§6.3.1); certificates contain SEQUENCE { r, s } (RFC 3279 §2.2.3).
    private static byte[] ToDer(byte[] halves)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Trim(halves.AsSpan(0, halves.Length / 2)));
            writer.WriteIntegerUnsigned(Trim(halves.AsSpan(halves.Length / 2)));
        }

        return writer.Encode();
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> number)
    {
        int first = number.IndexOfAnyExcept((byte)0);
        return first < 0 ? number[^1..] : number[first..];
    }
}
