using System.Numerics;
using System.Security.Cryptography;

namespace Culvert.Jose.Tests.Signatures;

/// <summary>
/// Signs blocks of our own making with the real private key: malformed PKCS#1 v1.5 ones, as a forger with a small
/// exponent would have to get accepted (Bleichenbacher 2006), and PSS ones with a salt of any length.
/// </summary>
internal static class RawRsa
{
    // RFC 8017 §9.2 note 1: DigestInfo of SHA-256.
    private static readonly byte[] Sha256Prefix = Convert.FromHexString("3031300d060960864801650304020105000420");

    public static byte[] SignMalformedPkcs1(RSA key, byte[] data, string fault)
    {
        var size = key.KeySize / 8;
        var digest = SHA256.HashData(data);
        var good = key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return fault switch
        {
            "zeros" => new byte[size],
            "short" => good[..^1],
            "long" => [0, .. good],
            "raw-digest-block" => Raw(key, Block(size, digest)),
            "garbage-after-digest" => Raw(
                key,
                [
                    0,
                    1,
                    0xFF,
                    0xFF,
                    0xFF,
                    0xFF,
                    0xFF,
                    0xFF,
                    0xFF,
                    0xFF,
                    0,
                    .. Sha256Prefix,
                    .. digest,
                    .. new byte[size - 62],
                ]
            ),
            _ => key.SignData(data, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        };
    }

    /// <summary>EMSA-PSS of RFC 8017 §9.1.1 with SHA-256, for a modulus of a whole number of bytes.</summary>
    public static byte[] SignPss(RSA key, byte[] data, int saltBytes)
    {
        var size = key.KeySize / 8;
        var salt = Enumerable.Repeat((byte)7, saltBytes).ToArray();
        var hash = SHA256.HashData([.. new byte[8], .. SHA256.HashData(data), .. salt]);
        byte[] block = [.. new byte[size - saltBytes - hash.Length - 2], 1, .. salt];
        var mask = Enumerable
            .Range(0, (block.Length / hash.Length) + 1)
            .SelectMany(i => SHA256.HashData([.. hash, 0, 0, 0, (byte)i]));
        var masked = block.Zip(mask, (b, m) => (byte)(b ^ m)).ToArray();
        masked[0] &= 0x7F;
        return Raw(key, [.. masked, .. hash, 0xBC]);
    }

    private static byte[] Block(int size, byte[] content) =>
        [0, 1, .. Enumerable.Repeat((byte)0xFF, size - 3 - content.Length), 0, .. content];

    private static byte[] Raw(RSA key, byte[] block)
    {
        var p = key.ExportParameters(includePrivateParameters: true);
        var result = BigInteger.ModPow(Number(block), Number(p.D!), Number(p.Modulus!));
        var bytes = result.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[block.Length - bytes.Length], .. bytes];
    }

    private static BigInteger Number(byte[] bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
}
