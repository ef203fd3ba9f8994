using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Culvert.Benchmarks.Exchange;

/// <summary>
/// Makes complete exchange requests ahead of the measurement: RS256 assertions of about one kilobyte, as a large IdP's
/// tokens are, each with a <c>jti</c> of its own because each may be used once.
/// </summary>
internal sealed class AssertionMill : IDisposable
{
    public const string Subject = "bench-workload";
    private const string KeyId = "bench-1";

    private readonly RSA key = RSA.Create(2048);

    /// <summary>The public half, imported anew.</summary>
    public RSA PublicKey() => RSA.Create(key.ExportParameters(includePrivateParameters: false));

    /// <summary>The public half, as a JWK set.</summary>
    public string JwkSet()
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject
        {
            ["kty"] = "RSA",
            ["alg"] = "RS256",
            ["use"] = "sig",
            ["kid"] = KeyId,
            ["n"] = WebEncoders.Base64UrlEncode(parameters.Modulus!),
            ["e"] = WebEncoders.Base64UrlEncode(parameters.Exponent!),
        };
        return new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();
    }

    /// <summary>HTTP/1.1 requests, head and body in one piece each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Requests(
        int count,
        string issuer,
        Uri audience,
        string ruleId,
        string organizationId,
        DateTimeOffset now
    )
    {
        var requests = new ReadOnlyMemory<byte>[count];
        Parallel.For(
            0,
            count,
            i =>
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        assertion = Assertion(issuer, audience.OriginalString, now),
                        federation_rule_id = ruleId,
                        organization_id = organizationId,
                    }
                );
                var head = Encoding.ASCII.GetBytes(
                    $"POST /v1/oauth/token HTTP/1.1\r\nHost: {audience.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
                );
                requests[i] = (byte[])[.. head, .. body];
            }
        );
        return requests;
    }

    public void Dispose() => key.Dispose();

    /// <summary>One assertion, compact.</summary>
    public string Assertion(string issuer, string audience, DateTimeOffset now)
    {
        var header = """{"alg":"RS256","typ":"JWT","kid":"bench-1"}"""u8;
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                iss = issuer,
                sub = Subject,
                aud = audience,
                iat = now.ToUnixTimeSeconds(),
                nbf = now.ToUnixTimeSeconds(),
                exp = now.AddMinutes(30).ToUnixTimeSeconds(),
                jti = RandomNumberGenerator.GetHexString(32),
                repository = "example/deployments",
                repository_id = "123456789",
                repository_owner = "example",
                repository_owner_id = "987654321",
                workflow = "deploy to production",
                workflow_ref = "example/deployments/.github/workflows/deploy.yaml@refs/heads/main",
                environment = "production",
                run_id = RandomNumberGenerator.GetHexString(16),
                run_attempt = "1",
                runner_environment = "self-hosted",
            }
        );
        var signed = $"{WebEncoders.Base64UrlEncode(header)}.{WebEncoders.Base64UrlEncode(claims)}";
        var signature = key.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{WebEncoders.Base64UrlEncode(signature)}";
    }
}
