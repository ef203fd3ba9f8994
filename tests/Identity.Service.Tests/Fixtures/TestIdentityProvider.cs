using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Testing;
using Culvert.Testing.Keys;
using Microsoft.AspNetCore.Http;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// An identity provider over real TLS on a loopback port: discovery document, key set, and tokens signed with the
/// platform's own cryptography. Every path can be scripted, and requests are counted.
/// </summary>
internal sealed class TestIdentityProvider : IAsyncDisposable
{
    public const string DiscoveryPath = "/.well-known/openid-configuration";
    public const string KeySetPath = "/jwks";

    private readonly ConcurrentDictionary<string, int> requests = new();
    private readonly ConcurrentDictionary<string, RequestDelegate> scripted = new();
    private readonly RSA rsa = TestKeys.Rsa();
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FakeTimeProvider time;
    private TestServer? server;

    private TestIdentityProvider(TestPki pki, FakeTimeProvider time)
    {
        this.time = time;
        Pki = pki;
        Keys = [RsaJwk("rsa-1", rsa), EcJwk("ec-1", ec)];
    }

    public TestPki Pki { get; }

    /// <summary>Its <c>iss</c>.</summary>
    public string Url => $"https://127.0.0.1:{Port}";

    public int Port => server!.Port;

    /// <summary>What the key set document holds; replace it to rotate.</summary>
    public JsonArray Keys { get; set; }

    public static async Task<TestIdentityProvider> StartAsync(FakeTimeProvider time)
    {
        var pki = new TestPki(time.GetUtcNow(), "IdP");
        var certificate = pki.Issue(
            dnsNames: ["localhost", "127.0.0.1"],
            usages: [TestPki.ServerAuthentication],
            notAfter: time.GetUtcNow() + TimeSpan.FromDays(60)
        );
        var provider = new TestIdentityProvider(pki, time);
        provider.server = await TestServer.StartAsync(provider.ServeAsync, certificate, pki.Issuing);
        return provider;
    }

    /// <summary>How often a path was requested.</summary>
    public int RequestsTo(string path) => requests.GetValueOrDefault(path);

    /// <summary>Answers a path with this from now on; null = normally again.</summary>
    public void Script(string path, RequestDelegate? answer)
    {
        if (answer is null)
        {
            scripted.TryRemove(path, out _);
        }
        else
        {
            scripted[path] = answer;
        }
    }

    /// <summary>Claims of a good token for <paramref name="audience"/>, five minutes from now.</summary>
    public JsonObject Claims(string audience)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Url,
            ["sub"] = "repo:acme/app:ref:refs/heads/main",
            ["aud"] = audience,
            ["iat"] = now,
            ["exp"] = now + 300,
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            ["environment"] = "prod",
        };
    }

    public string Sign(JsonObject claims, string? header = null) =>
        SignWith(rsa, header ?? """{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""", claims.ToJsonString());

    /// <summary>Signs claims that no object could hold: given as text.</summary>
    public string SignText(string claims) => SignWith(rsa, """{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""", claims);

    public string SignEc(JsonObject claims) => SignEc(claims, """{"alg":"ES256","kid":"ec-1","typ":"JWT"}""");

    public string SignEc(JsonObject claims, string header) =>
        Assemble(header, claims.ToJsonString(), data => ec.SignData(data, HashAlgorithmName.SHA256));

    public static string SignWith(RSA key, string header, string claims) =>
        Assemble(header, claims, data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public static string Assemble(string header, string claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{input}.{Encode(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    public static JsonObject RsaJwk(string keyId, RSA key)
    {
        var p = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = keyId,
            ["n"] = Encode(p.Modulus!),
            ["e"] = Encode(p.Exponent!),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        rsa.Dispose();
        ec.Dispose();
    }

    private static JsonObject EcJwk(string keyId, ECDsa key)
    {
        var p = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = keyId,
            ["x"] = Encode(p.Q.X!),
            ["y"] = Encode(p.Q.Y!),
        };
    }

    private async Task ServeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        requests.AddOrUpdate(path, 1, static (_, count) => count + 1);
        if (scripted.TryGetValue(path, out var answer))
        {
            await answer(http);
            return;
        }

        switch (path)
        {
            case DiscoveryPath:
                await http.Response.WriteAsync(
                    new JsonObject { ["issuer"] = Url, ["jwks_uri"] = Url + KeySetPath }.ToJsonString(),
                    http.RequestAborted
                );
                break;
            case KeySetPath:
                await http.Response.WriteAsync(
                    new JsonObject { ["keys"] = Keys.DeepClone() }.ToJsonString(),
                    http.RequestAborted
                );
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }
}
