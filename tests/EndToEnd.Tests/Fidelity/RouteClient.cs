using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>One caller of an MCP server, at the level of HTTP: directly, or through the tunnel with a token.</summary>
internal sealed class RouteClient : IDisposable
{
    private readonly HttpClient client;
    private readonly Uri endpoint;
    private readonly string? token;
    private readonly Version version;

    /// <param name="trustBundle">The roots of the tunnel; null = the endpoint is plain HTTP.</param>
    public RouteClient(Uri endpoint, string? trustBundle, string? token, Version? version = null)
    {
        (this.endpoint, this.token) = (endpoint, token);
        this.version = version ?? HttpVersion.Version11;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            ResponseDrainTimeout = TimeSpan.Zero, // what is closed is closed at once
        };
        if (trustBundle is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = McpCaller.TrustOnly(trustBundle),
            };
        }

        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends it and returns as soon as the answer's head is there.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string? body,
        IEnumerable<KeyValuePair<string, string>> headers,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, endpoint)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public void Dispose() => client.Dispose();
}
