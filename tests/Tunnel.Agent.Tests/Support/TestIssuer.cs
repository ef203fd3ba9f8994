using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>An authorization server's signing half: tokens good and bad, and the key set that goes with them.</summary>
internal sealed class TestIssuer(string url = "https://login.example.test", string keyId = "k1")
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Url => url;

    public string KeyId { get; set; } = keyId;

    public IssuerSettings Settings => new() { Name = "corp", Issuer = url };

    public string KeySet
    {
        get
        {
            var q = key.ExportParameters(false).Q;
            var (x, y) = (Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y));
            return $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","kid":"{{KeyId}}","x":"{{x}}","y":"{{y}}"}]}""";
        }
    }

    public string Metadata => $$"""{"issuer":"{{url}}","jwks_uri":"{{url}}/jwks"}""";

    /// <summary>Documents at the places of this issuer.</summary>
    public ScriptedDocuments Documents() =>
        new() { [$"{url}/.well-known/oauth-authorization-server"] = () => Metadata, [$"{url}/jwks"] = () => KeySet };

    /// <summary>A token that is good for the resource, but for what is changed.</summary>
    public string Token(
        string resource,
        DateTimeOffset now,
        Action<JsonObject>? claims = null,
        Action<JsonObject>? header = null
    )
    {
        var head = new JsonObject
        {
            ["typ"] = "at+jwt",
            ["alg"] = "ES256",
            ["kid"] = KeyId,
        };
        var body = new JsonObject
        {
            ["iss"] = url,
            ["sub"] = "alice",
            ["aud"] = resource,
            ["client_id"] = "client-1",
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddSeconds(300).ToUnixTimeSeconds(),
            ["jti"] = RandomNumberGenerator.GetHexString(16),
        };
        header?.Invoke(head);
        claims?.Invoke(body);
        var input = $"{Encode(head.ToJsonString())}.{Encode(body.ToJsonString())}";
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
