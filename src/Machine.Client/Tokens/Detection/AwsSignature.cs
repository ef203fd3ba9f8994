using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>AWS Signature Version 4 for a form POST, as far as an STS call needs it: no query, path <c>/</c>.</summary>
internal static class AwsSignature
{
    public const string FormType = "application/x-www-form-urlencoded";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        string host,
        string body,
        AwsCredentials credentials,
        string region,
        string service,
        DateTimeOffset now
    )
    {
        var instant = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var day = instant[..8];
        var headers = new List<KeyValuePair<string, string>>
        {
            new("content-type", FormType),
            new("host", host),
            new("x-amz-date", instant),
        };
        if (credentials.SessionToken is { } token)
        {
            headers.Add(new("x-amz-security-token", token));
        }

        var signed = string.Join(';', headers.Select(h => h.Key));
        var canonical =
            $"POST\n/\n\n{string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n"))}\n{signed}\n{Hash(body)}";
        var scope = $"{day}/{region}/{service}/aws4_request";
        var text = $"{Algorithm}\n{instant}\n{scope}\n{Hash(canonical)}";

        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.Secret);
        foreach (var part in new[] { day, region, service, "aws4_request" })
        {
            key = Mac(key, part);
        }

        var authorization =
            $"{Algorithm} Credential={credentials.KeyId}/{scope}, SignedHeaders={signed}, "
            + $"Signature={Convert.ToHexStringLower(Mac(key, text))}";
        return [.. headers.Skip(2), new("Authorization", authorization)];
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
