using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>A call without a token: it must be refused, with directions to where one can be had.</summary>
internal static class Unauthenticated
{
    private const string Member = "resource_metadata=\"";

    /// <summary>The URL of the route's metadata, as the challenge names it.</summary>
    /// <exception cref="HopFailureException">Anything else was answered, or nothing.</exception>
    public static async Task<string> CallAsync(Uri endpoint, string trustBundle, CancellationToken cancellationToken)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(trustBundle);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        using var body = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
            Encoding.UTF8,
            "application/json"
        );
        try
        {
            using var answer = await client.PostAsync(endpoint, body, cancellationToken);
            var challenge = answer.Headers.WwwAuthenticate.ToString();
            var at = challenge.IndexOf(Member, StringComparison.Ordinal);
            return answer.StatusCode == HttpStatusCode.Unauthorized && at >= 0
                ? challenge[(at + Member.Length)..].Split('"')[0]
                : throw new HopFailureException(
                    "client",
                    $"{(int)answer.StatusCode} instead of a challenge: {challenge}"
                );
        }
        catch (HttpRequestException e)
        {
            throw new HopFailureException("client", $"{endpoint}: {e.Message}");
        }
    }
}
