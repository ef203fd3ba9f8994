using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Proofs;

/// <summary>Signs proofs with one key, for clients (RFC 9449 §4.2). Thread-safe.</summary>
public sealed class DpopProofSigner
{
    private const int TokenIdBytes = 16;

    private readonly SigningKey key;
    private readonly byte[] headerAndDot;

    public DpopProofSigner(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        var header = $$"""{"typ":"{{DpopProof.TokenType}}","alg":"{{key.Algorithm.Name()}}","jwk":{{key.BareJwk}}}""";
        headerAndDot = CompactSigner.EncodeHeader(header);
    }

    /// <summary>The <c>cnf</c> <c>jkt</c> of tokens that are bound to this key.</summary>
    public string Thumbprint => key.KeyId;

    /// <summary>Signs a proof for one request; each has its own <c>jti</c>.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's URI; query and fragment are omitted.</param>
    /// <param name="now">The client's time.</param>
    /// <param name="nonce">The latest <c>DPoP-Nonce</c> of the server, if any.</param>
    /// <param name="accessToken">The access token of the request, if any.</param>
    public string Sign(string method, Uri target, DateTimeOffset now, string? nonce = null, string? accessToken = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        var payload = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(payload))
        {
            writer.WriteStartObject();
            writer.WriteString("jti"u8, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenIdBytes)));
            writer.WriteString("htm"u8, method);
            writer.WriteString(
                "htu"u8,
                target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            );
            writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            if (nonce is not null)
            {
                writer.WriteString("nonce"u8, nonce);
            }

            if (accessToken is not null)
            {
                writer.WriteString("ath"u8, AccessTokenHash(accessToken));
            }

            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(CompactSigner.Sign(key, headerAndDot, payload.WrittenSpan));
    }

    /// <summary><c>ath</c> of an access token: base64url of its SHA-256 (§4.2).</summary>
    public static string AccessTokenHash(string accessToken) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
}
