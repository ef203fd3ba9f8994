using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>An issuer in this process: assertions cost no program and no round trip, so that many can be exchanged.</summary>
internal sealed class AssertionSource : IDisposable
{
    public const string Issuer = "https://load.example.com";
    public const string Subject = "load";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string JwkSet()
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "EC",
                        crv = "P-256",
                        alg = "ES256",
                        use = "sig",
                        kid = "load-1",
                        x = Base64Url.EncodeToString(point.X),
                        y = Base64Url.EncodeToString(point.Y),
                    },
                },
            }
        );
    }

    /// <summary>One that was never used.</summary>
    public string Next(string audience)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                iss = Issuer,
                sub = Subject,
                aud = audience,
                iat = now,
                nbf = now,
                exp = now + 300,
                jti = RandomNumberGenerator.GetHexString(32),
            }
        );
        var signed =
            $"{Base64Url.EncodeToString("""{"alg":"ES256","typ":"JWT","kid":"load-1"}"""u8)}.{Base64Url.EncodeToString(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public void Dispose() => key.Dispose();
}
