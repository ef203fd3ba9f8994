using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;
using Culvert.Platform.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>
/// The development system's own issuer. The service has its keys inline; the agent, which accepts no keys from a file,
/// fetches them as from any issuer. No client can request a token: the issuer writes tokens to private files and renews them
/// before they expire.
/// </summary>
internal sealed class DevIssuer : IAsyncDisposable
{
    private const string KeysPath = "/jwks";

    private static readonly TimeSpan Life = TimeSpan.FromHours(1);
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(30);

    private readonly SigningKey key = SigningKey.Create();
    private readonly int port;
    private readonly TimeProvider time;
    private X509Certificate2? own;
    private WebApplication? server;

    public DevIssuer(int port, TimeProvider time) => (this.port, this.time) = (port, time);

    public string Url => $"https://localhost:{port}";

    public JsonArray Keys
    {
        get
        {
            using var buffer = new MemoryStream();
            using (var json = new Utf8JsonWriter(buffer))
            {
                key.WritePublicJwk(json);
            }

            return [JsonNode.Parse(buffer.ToArray())];
        }
    }

    /// <summary>Serves its metadata (RFC 8414) and its keys. It takes ownership of the certificate.</summary>
    public async Task StartAsync(X509Certificate2 certificate, CancellationToken cancel)
    {
        own = certificate;
        var metadata = Json(new JsonObject { ["issuer"] = Url, ["jwks_uri"] = Url + KeysPath });
        var keys = Json(new JsonObject { ["keys"] = Keys });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen => listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate })
            );
        });
        server = builder.Build();
        server.Run(context =>
            context.Request.Path.Value switch
            {
                "/.well-known/oauth-authorization-server" or "/.well-known/openid-configuration" => AnswerAsync(
                    context,
                    metadata
                ),
                KeysPath => AnswerAsync(context, keys),
                _ => AnswerAsync(context, null),
            }
        );
        await server.StartAsync(cancel);
    }

    /// <summary>Writes a token to a private file, and renews it until cancelled.</summary>
    /// <param name="file">Replaced atomically, mode 0600.</param>
    public async Task WriteTokensAsync(string file, DevToken token, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Renewal, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            Write(file, token);
        }
    }

    public void Write(string file, DevToken token) =>
        PrivateFile.Replace(file, Encoding.ASCII.GetBytes(Mint(token) + "\n"));

    private string Mint(DevToken token)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject
        {
            ["alg"] = key.Algorithm.ToString(),
            ["kid"] = key.KeyId,
            ["typ"] = token.Type,
        };
        var claims = new JsonObject
        {
            ["iss"] = Url,
            ["sub"] = token.Subject,
            ["aud"] = token.Audience,
            ["client_id"] = token.Subject, // RFC 9068 §2.2
            ["iat"] = now,
            ["exp"] = now + (long)Life.TotalSeconds,
            ["jti"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        };
        var compact = CompactSigner.Sign(key, header.ToJsonString(WireJson.Plain), Json(claims));
        return Encoding.ASCII.GetString(compact);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.StopAsync();
            await server.DisposeAsync();
        }

        own?.Dispose();
        key.Dispose();
    }

    private static byte[] Json(JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString(WireJson.Plain));

    private static Task AnswerAsync(HttpContext context, byte[]? body)
    {
        if (body is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
