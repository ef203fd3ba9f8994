using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>Signs requests with AWS Signature Version 4, by the credentials of one session.</summary>
internal sealed class AwsSigner(AwsSession session, string region, string service, TimeProvider time) : IRequestSigner
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Authorization = "Authorization";
    private const string Date = "x-amz-date";
    private const string Token = "x-amz-security-token";
    private const string BodyHash = "x-amz-content-sha256";

    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    public AwsSession Session => session;

    public void Sign(HttpRequestMessage request)
    {
        var now = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var bodyHash = Hash(request.Content);
        Set(request, Date, now);
        Set(request, BodyHash, bodyHash);
        Set(request, Token, session.SessionToken);
        var key = session.GetSigningKey(now[..8], region, service);
        var canonical = CanonicalRequest.Create(request, service, bodyHash);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(canonical.Text)));
        var signature = key.Sign($"{Algorithm}\n{now}\n{key.Scope}\n{digest}");
        Set(
            request,
            Authorization,
            $"{Algorithm} Credential={session.AccessKeyId}/{key.Scope}, SignedHeaders={canonical.SignedHeaders}, Signature={signature}"
        );
    }

    // A client's header with one of these names is not sent.
    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    // The body is in memory, so nothing waits. The content disposes of its own view of that memory.
    private static string Hash(HttpContent? content) =>
        content is null || content.Headers.ContentLength == 0
            ? EmptyHash
            : Convert.ToHexStringLower(SHA256.HashData(content.ReadAsStream()));
}
