using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>Sends one message to a route as HTTP alone, without an MCP library, and returns everything that comes back.</summary>
internal static class PlainClient
{
    /// <exception cref="HopFailureException">There is no answer.</exception>
    public static async Task<PlainAnswer> PostAsync(
        Uri endpoint,
        string trustBundle,
        string? token,
        string message,
        CancellationToken cancellationToken
    )
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
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(message, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var answer = await client.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            return new PlainAnswer(
                answer.StatusCode,
                answer.Headers.WwwAuthenticate.ToString(),
                $"{answer.Headers}{answer.Content.Headers}{answer.TrailingHeaders}",
                body
            );
        }
        catch (HttpRequestException e)
        {
            throw new HopFailureException("client", $"{endpoint}: {e.Message}");
        }
    }
}

/// <param name="Challenge">The value of <c>WWW-Authenticate</c>; empty if there is none.</param>
/// <param name="Headers">All of them, and the trailers.</param>
internal sealed record PlainAnswer(HttpStatusCode Status, string Challenge, string Headers, string Body);
