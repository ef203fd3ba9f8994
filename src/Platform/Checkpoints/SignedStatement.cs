using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Culvert.Platform.Certificates;

namespace Culvert.Platform.Checkpoints;

/// <summary>
/// Signs and verifies statements of machines. A statement is a compact JWS (RFC 7515) with ES256. Its header contains
/// the chain of the machine's platform certificate, so that the platform roots are enough to verify it later.
/// </summary>
public static class SignedStatement
{
    internal const int MaxCharacters = 32 * 1024;
    private const int MaxCertificates = 8;

    /// <summary>Signs a statement with the signer's platform key.</summary>
    /// <param name="type">The value of <c>typ</c> in the header.</param>
    /// <param name="members">Writes the members of the payload.</param>
    /// <returns>The JWS; null if the key does not support ES256.</returns>
    public static string? Sign(KeyAndCertificate signer, string type, Action<Utf8JsonWriter> members)
    {
        ArgumentNullException.ThrowIfNull(signer);
        using var key = signer.Certificate.GetECDsaPrivateKey();
        if (key is not { KeySize: 256 })
        {
            return null;
        }

        var header = Encode(json =>
        {
            json.WriteString("alg"u8, "ES256"u8);
            json.WriteString("typ"u8, type);
            json.WriteStartArray("x5c"u8);
            foreach (var certificate in signer.Chain.Prepend(signer.Certificate))
            {
                json.WriteStringValue(Convert.ToBase64String(certificate.RawData));
            }

            json.WriteEndArray();
        });
        var payload = Encode(members);
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>
    /// Verifies that the agent that the statement names signed it, with a certificate that was valid at the time of the
    /// statement.
    /// </summary>
    /// <param name="describe">Returns the agent and the time that the statement names.</param>
    /// <returns>The result of <paramref name="read"/>; null when a check fails.</returns>
    public static T? VerifyAgent<T>(
        string token,
        string type,
        PlatformTrust trust,
        string tunnelId,
        Func<JsonElement, T?> read,
        Func<T, (string Node, DateTimeOffset Time)> describe
    )
        where T : class =>
        Verify(
            token,
            type,
            _ => trust,
            PeerRole.Agent,
            read,
            statement => describe(statement).Time,
            (signer, statement) => signer.Name == describe(statement).Node && signer.TunnelId == tunnelId
        ).Statement;

    internal static (T? Statement, CheckpointRefusal Refusal) Verify<T>(
        string token,
        string type,
        Func<X509Certificate2, PlatformTrust?> findTrust,
        PeerRole role,
        Func<JsonElement, T?> read,
        Func<T, DateTimeOffset> getTime,
        Func<SpiffeId, T, bool> maySign
    )
        where T : class
    {
        var parts = token.Length <= MaxCharacters ? token.Split('.') : [];
        if (parts.Length != 3)
        {
            return (null, CheckpointRefusal.Unreadable);
        }

        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            if (!IsOfType(header.RootElement, type))
            {
                return (null, CheckpointRefusal.OtherType);
            }

            if (ReadSigner(header.RootElement) is not { } signer || read(payload.RootElement) is not { } statement)
            {
                return (null, CheckpointRefusal.Unreadable);
            }

            var refusal = CheckSigner(
                signer,
                getTime(statement),
                findTrust(signer[0]),
                role,
                id => maySign(id, statement)
            );
            return refusal != CheckpointRefusal.None ? (null, refusal)
                : IsSigned(signer[0], parts) ? (statement, CheckpointRefusal.None)
                : (null, CheckpointRefusal.Signature);
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or CryptographicException
                        or ArgumentException
            )
        {
            return (null, CheckpointRefusal.Unreadable);
        }
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }

    private static bool IsOfType(JsonElement header, string type) =>
        header.GetProperty("alg").GetString() == "ES256" && header.GetProperty("typ").GetString() == type;

    private static X509Certificate2[]? ReadSigner(JsonElement header)
    {
        var chain = header.GetProperty("x5c");
        return chain.GetArrayLength() is > 0 and <= MaxCertificates
            ? [.. chain.EnumerateArray().Select(one => X509CertificateLoader.LoadCertificate(one.GetBytesFromBase64()))]
            : null;
    }

    // Trust is null if the trust domain cannot be read from the signer's certificate: then no chain can be verified.
    private static CheckpointRefusal CheckSigner(
        X509Certificate2[] signer,
        DateTimeOffset signedAt,
        PlatformTrust? trust,
        PeerRole role,
        Func<SpiffeId, bool> maySign
    )
    {
        if (trust is null)
        {
            return CheckpointRefusal.OtherSigner;
        }

        var verified = new PeerVerifier(trust).Verify(
            signer[0],
            new X509Certificate2Collection(signer[1..]),
            role,
            signedAt
        );
        return verified switch
        {
            { Id: { } id } => maySign(id) ? CheckpointRefusal.None : CheckpointRefusal.OtherSigner,
            { Refusal: PeerRefusal.Untrusted or PeerRefusal.NotYetValid or PeerRefusal.Expired } =>
                CheckpointRefusal.Untrusted,
            _ => CheckpointRefusal.OtherSigner,
        };
    }

    private static bool IsSigned(X509Certificate2 signer, string[] parts)
    {
        using var key = signer.GetECDsaPublicKey();
        return key?.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256
            ) == true;
    }
}
