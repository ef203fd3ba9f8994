using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Culvert.Jose.Tests;

/// <summary>Makes tokens and keys with the platform's own cryptography, so that our code is not its own judge.</summary>
internal static class TokenForge
{
    public static byte[] Rsa(RSA key, string alg, HashAlgorithmName hash, RSASignaturePadding padding, string claims) =>
        Assemble($$"""{"alg":"{{alg}}","kid":"k"}""", claims, data => key.SignData(data, hash, padding));

    public static byte[] Ec(ECDsa key, string alg, HashAlgorithmName hash, string claims) =>
        Assemble($$"""{"alg":"{{alg}}","kid":"k"}""", claims, data => key.SignData(data, hash));

    public static byte[] Assemble(string header, string claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return Encoding.ASCII.GetBytes($"{input}.{Encode(sign(Encoding.ASCII.GetBytes(input)))}");
    }

    public static byte[] KeySet(RSA key, string? alg = null)
    {
        var p = key.ExportParameters(false);
        return KeySet(
            new
            {
                kty = "RSA",
                kid = "k",
                n = Encode(p.Modulus!),
                e = Encode(p.Exponent!),
                alg = alg ?? "PLACEHOLDER",
            },
            alg
        );
    }

    public static byte[] KeySet(ECDsa key)
    {
        var p = key.ExportParameters(false);
        return KeySet(
            new
            {
                kty = "EC",
                kid = "k",
                crv = $"P-{key.KeySize}",
                x = Encode(p.Q.X!),
                y = Encode(p.Q.Y!),
                alg = "PLACEHOLDER",
            },
            null
        );
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private static byte[] KeySet(object key, string? alg)
    {
        var json = JsonSerializer.Serialize(new { keys = new[] { key } });
        return Encoding.UTF8.GetBytes(alg is null ? json.Replace(",\"alg\":\"PLACEHOLDER\"", "") : json);
    }
}
