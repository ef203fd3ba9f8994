using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Webhooks;

/// <summary>
/// Signs a message as Standard Webhooks 1.0 has it: HMAC-SHA256 over <c>id.timestamp.body</c>. Receivers compare it with
/// the libraries they have, and refuse old timestamps.
/// </summary>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const int SecretBytes = 32;

    /// <summary>A new secret, as it is shown.</summary>
    public static string NewSecret() =>
        SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of the signature's header.</summary>
    public static string Sign(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var key = Convert.FromBase64String(secret[SecretPrefix.Length..]);
        var prefix = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")
        );
        var signature = HMACSHA256.HashData(key, (byte[])[.. prefix, .. body]);
        CryptographicOperations.ZeroMemory(key);
        return "v1," + Convert.ToBase64String(signature);
    }
}
