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
    private readonly ECDsa? ellipticKey;

    public AssertionMill()
        : this(null) { }

    private AssertionMill(ECDsa? ellipticKey) => this.ellipticKey = ellipticKey;

    /// <summary>ES256 instead: for what compares one load with itself.</summary>
    public static AssertionMill WithEllipticKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A new import of the public key.</summary>
    public RSA PublicKey() => RSA.Create(key.ExportParameters(includePrivateParameters: false));

    /// <summary>The public half, as a JWK set.</summary>
    public string JwkSet()
    {
        if (ellipticKey is not null)
        {
            var point = ellipticKey.ExportParameters(includePrivateParameters: false).Q;
            return JwkSet(
                new JsonObject
                {
                    ["kty"] = "EC",
                    ["crv"] = "P-256",
                    ["x"] = WebEncoders.Base64UrlEncode(point.X!),
                    ["y"] = WebEncoders.Base64UrlEncode(point.Y!),
                },
                "ES256"
            );
        }

        var parameters = key.ExportParameters(includePrivateParameters: false);
        return JwkSet(
            new JsonObject
            {
                ["kty"] = "RSA",
                ["n"] = WebEncoders.Base64UrlEncode(parameters.Modulus!),
                ["e"] = WebEncoders.Base64UrlEncode(parameters.Exponent!),
            },
            "RS256"
        );
    }

    private static string JwkSet(JsonObject jwk, string algorithm)
    {
        (jwk["alg"], jwk["use"], jwk["kid"]) = (algorithm, "sig", KeyId);
        return new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();
    }

    /// <summary>HTTP/1.1 requests, head and body in one piece each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Requests(
        int count,
        Uri service,
        string organizationId,
        Func<int, AssertionTarget> targets,
        DateTimeOffset now
    )
    {
        var requests = new ReadOnlyMemory<byte>[count];
        Parallel.For(
            0,
            count,
            i =>
            {
                var target = targets(i);
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        assertion = Assertion(target.Issuer, service.OriginalString, now),
                        federation_rule_id = target.RuleId,
                        organization_id = organizationId,
                    }
                );
                var head = Encoding.ASCII.GetBytes(
                    $"POST /v1/oauth/token HTTP/1.1\r\nHost: {service.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
                );
                requests[i] = (byte[])[.. head, .. body];
            }
        );
        return requests;
    }

    public void Dispose()
    {
        key.Dispose();
        ellipticKey?.Dispose();
    }

    /// <summary>One assertion, compact.</summary>
    public string Assertion(string issuer, string audience, DateTimeOffset now)
    {
        var header = ellipticKey is null
            ? """{"alg":"RS256","typ":"JWT","kid":"bench-1"}"""u8
            : """{"alg":"ES256","typ":"JWT","kid":"bench-1"}"""u8;
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
        var input = Encoding.ASCII.GetBytes(signed);
        var signature =
            ellipticKey?.SignData(input, HashAlgorithmName.SHA256)
            ?? key.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{WebEncoders.Base64UrlEncode(signature)}";
    }
}
