using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Tokens;

/// <summary>
/// Signs access tokens as RFC 9068 has them: ES256, <c>typ</c> <c>at+jwt</c>. The header is encoded once per key; a
/// token costs its own bytes and one signature.
/// </summary>
public sealed class AccessTokenMinter
{
    /// <summary>The <c>typ</c> of access tokens (RFC 9068 §2.1).</summary>
    public const string TokenType = "at+jwt";

    private const int TypicalPayloadBytes = 768;

    // Only " \ and control characters need escapes in a token that is never part of a page.
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // A writer and its buffer per thread: held during one synchronous call only.
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? payloadWriter;

    private readonly SigningKey key;
    private readonly byte[] headerAndDot;

    public AccessTokenMinter(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        var header = $$"""{"alg":"{{SigningKey.Algorithm.Name()}}","kid":"{{key.KeyId}}","typ":"{{TokenType}}"}""";
        headerAndDot = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header)) + ".");
    }

    /// <summary>The <c>kid</c> of what this mints.</summary>
    public string KeyId => key.KeyId;

    /// <summary>Makes a token: its compact form, ASCII.</summary>
    public byte[] Mint(in AccessTokenClaims claims)
    {
        var (buffer, writer) = payloadWriter ??= NewWriter();
        buffer.ResetWrittenCount();
        writer.Reset();
        WritePayload(writer, claims);
        writer.Flush();
        return Sign(buffer.WrittenSpan);
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) NewWriter()
    {
        var buffer = new ArrayBufferWriter<byte>(TypicalPayloadBytes);
        return (buffer, new Utf8JsonWriter(buffer, WriterOptions));
    }

    private static void WritePayload(Utf8JsonWriter writer, in AccessTokenClaims claims)
    {
        writer.WriteStartObject();
        writer.WriteString("iss"u8, claims.Issuer);
        writer.WriteString("sub"u8, claims.Subject);
        writer.WriteString("aud"u8, claims.Audience);
        writer.WriteString("client_id"u8, claims.ClientId);
        writer.WriteNumber("iat"u8, claims.IssuedAt);
        writer.WriteNumber("exp"u8, claims.ExpiresAt);
        writer.WriteString("jti"u8, claims.TokenId);
        writer.WriteString("scope"u8, claims.Scope);
        writer.WriteString("rule"u8, claims.Rule);
        writer.WriteNumber("rule_ver"u8, claims.RuleVersion);
        writer.WriteString("organization"u8, claims.Organization);
        if (claims.Workspace is { } workspace)
        {
            writer.WriteString("workspace"u8, workspace);
        }

        writer.WriteEndObject();
    }

    private byte[] Sign(ReadOnlySpan<byte> payload)
    {
        // header "." payload "." signature, the header's dot included in headerAndDot.
        var payloadLength = Base64Url.GetEncodedLength(payload.Length);
        var signatureLength = Base64Url.GetEncodedLength(SigningKey.SignatureBytes);
        var token = new byte[headerAndDot.Length + payloadLength + 1 + signatureLength];
        headerAndDot.CopyTo(token, 0);
        Base64Url.EncodeToUtf8(payload, token.AsSpan(headerAndDot.Length));

        var signedLength = headerAndDot.Length + payloadLength;
        Span<byte> signature = stackalloc byte[SigningKey.SignatureBytes];
        key.Sign(token.AsSpan(0, signedLength), signature);
        token[signedLength] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signedLength + 1));
        return token;
    }
}
