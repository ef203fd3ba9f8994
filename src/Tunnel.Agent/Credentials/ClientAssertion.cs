using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Secrets;
using Duende.IdentityModel;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// JWTs that authenticate the agent to a token endpoint (RFC 7523 §3, OpenID Connect Core §9): ES256 with a P-256 key,
/// RS256 with an RSA key. The key file is read at each use, so that it can be replaced.
/// </summary>
internal static class ClientAssertion
{
    private const int LeastRsaBits = 2048;
    private const int TokenIdBytes = 16;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Why the key cannot sign assertions; null when it can.</summary>
    public static string? Problem(SecretReference key)
    {
        try
        {
            Sign(key, "client", "https://endpoint.invalid", DateTimeOffset.UnixEpoch);
            return null;
        }
        catch (Exception e) when (e is SecretUnavailableException or CryptographicException or ArgumentException)
        {
            return e is SecretUnavailableException ? e.Message : "The file contains no usable private key.";
        }
    }

    /// <exception cref="SecretUnavailableException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">The file has no usable key.</exception>
    /// <exception cref="ArgumentException">The file has no key.</exception>
    public static string Sign(SecretReference key, string clientId, string audience, DateTimeOffset now)
    {
        var pem = key.Read();
        using var ec = ECDsa.Create();
        if (TryImport(ec, pem))
        {
            if (ec.KeySize != 256)
            {
                throw new CryptographicException("The key is not on P-256.");
            }

            var text = Encode(OidcConstants.Algorithms.Asymmetric.ES256, clientId, audience, now);
            return text
                + "."
                + Base64Url.EncodeToString(ec.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
        }

        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        if (rsa.KeySize < LeastRsaBits)
        {
            throw new CryptographicException("The key is too short.");
        }

        var input = Encode(OidcConstants.Algorithms.Asymmetric.RS256, clientId, audience, now);
        return input
            + "."
            + Base64Url.EncodeToString(
                rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            );
    }

    private static bool TryImport(ECDsa key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false; // RSA, or no key
        }
    }

    private static string Encode(string algorithm, string clientId, string audience, DateTimeOffset now)
    {
        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString(JwtClaimTypes.Issuer, clientId);
            json.WriteString(JwtClaimTypes.Subject, clientId);
            json.WriteString(JwtClaimTypes.Audience, audience);
            json.WriteString(
                JwtClaimTypes.JwtId,
                Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenIdBytes))
            );
            json.WriteNumber(JwtClaimTypes.IssuedAt, now.ToUnixTimeSeconds());
            json.WriteNumber(JwtClaimTypes.Expiration, (now + Life).ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        var header = Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT"}""");
        return $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
    }
}
