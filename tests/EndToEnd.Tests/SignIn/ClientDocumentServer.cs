using System.Text.Json;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>A host on this machine that serves the metadata document of one client.</summary>
internal sealed class ClientDocumentServer : IAsyncDisposable
{
    public const string Host = "client.localhost";

    private readonly TestServer server;

    private ClientDocumentServer(TestServer server) => this.server = server;

    /// <summary>The document's URL, which is the client's <c>client_id</c>.</summary>
    public Uri Url => new($"https://{Host}:{server.Port}/client.json");

    public static async Task<ClientDocumentServer> StartAsync(TestPki pki, string redirectUri) =>
        new(
            await TestServer.StartAsync(
                http => ServeAsync(http, redirectUri),
                pki.Issue(dnsNames: [Host], usages: [TestPki.ServerAuthentication]),
                pki.Issuing
            )
        );

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static Task ServeAsync(HttpContext http, string redirectUri)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(
            JsonSerializer.Serialize(
                new
                {
                    client_id = $"https://{http.Request.Host}{http.Request.Path}",
                    client_name = "A client with a document",
                    redirect_uris = new[] { redirectUri },
                    grant_types = new[] { "authorization_code", "refresh_token" },
                    response_types = new[] { "code" },
                    token_endpoint_auth_method = "none",
                }
            )
        );
    }
}
