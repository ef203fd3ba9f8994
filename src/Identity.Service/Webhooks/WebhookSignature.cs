using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// Signs messages as in Standard Webhooks 1.0: HMAC-SHA256 over <c>id.timestamp.body</c>. Receivers verify them with
/// existing libraries and refuse old timestamps.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string Version = "v1,";
    private const string SecretPrefix = "whsec_";
    private const int SecretBytes = 32;

    public static string NewSecret() =>
        SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    public static string Sign(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body) =>
        Version + Convert.ToBase64String(Compute(secret, id, at.ToUnixTimeSeconds(), body));

    /// <summary>
    /// Whether one of the signatures in <paramref name="header"/>, separated by spaces, was made with that secret.
    /// </summary>
    /// <remarks>The comparison takes constant time.</remarks>
    public static bool Verify(string secret, string id, long unixSeconds, ReadOnlySpan<byte> body, string header)
    {
        var expected = Compute(secret, id, unixSeconds, body);
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var isGood = false;
        foreach (var range in header.AsSpan().Split(' '))
        {
            var one = header.AsSpan(range);
            isGood |=
                one.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(one[Version.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(expected, given[..length]);
        }

        return isGood;
    }

    private static byte[] Compute(string secret, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var key = Convert.FromBase64String(secret[SecretPrefix.Length..]);
        var prefix = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        var signature = HMACSHA256.HashData(key, (byte[])[.. prefix, .. body]);
        CryptographicOperations.ZeroMemory(key);
        return signature;
    }
}
