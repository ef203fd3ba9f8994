using System.Net.Http.Headers;
using System.Net.Security;
using ModelContextProtocol.Client;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>The unmodified C# client: of a server called directly, or through the tunnel with a token.</summary>
internal sealed class CSharpClient : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly HttpClientTransport transport;

    private CSharpClient(HttpClient http, HttpClientTransport transport) =>
        (this.http, this.transport) = (http, transport);

    public McpClient Client { get; private set; } = null!;

    /// <param name="trustBundle">The roots of the tunnel; null = the system's, or plain HTTP.</param>
    public static async Task<CSharpClient> ConnectAsync(
        Uri endpoint,
        string? trustBundle,
        string? token,
        McpClientOptions options,
        CancellationToken cancellationToken
    )
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (trustBundle is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = McpCaller.TrustOnly(trustBundle),
            };
        }

        var http = new HttpClient(handler);
        http.DefaultRequestHeaders.Authorization = token is null
            ? null
            : new AuthenticationHeaderValue("Bearer", token);
        var connection = new CSharpClient(
            http,
            new HttpClientTransport(
                new HttpClientTransportOptions
                {
                    Endpoint = endpoint,
                    TransportMode = HttpTransportMode.StreamableHttp,
                },
                http
            )
        );
        try
        {
            connection.Client = await McpClient.CreateAsync(
                connection.transport,
                options,
                cancellationToken: cancellationToken
            );
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }

        await transport.DisposeAsync();
        http.Dispose();
    }
}
