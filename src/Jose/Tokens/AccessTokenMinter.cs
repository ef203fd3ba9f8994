using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Tokens;

/// <summary>Signs access tokens (RFC 9068): ES256, <c>typ</c> <c>at+jwt</c>. The header is encoded once per key.</summary>
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

    // A writer and its buffer per thread, used only during one synchronous call.
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? payloadWriter;

    private readonly SigningKey key;
    private readonly byte[] headerAndDot;

    public AccessTokenMinter(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        var header = $$"""{"alg":"{{key.Algorithm.Name()}}","kid":"{{key.KeyId}}","typ":"{{TokenType}}"}""";
        headerAndDot = CompactSigner.EncodeHeader(header);
    }

    public string KeyId => key.KeyId;

    /// <summary>Mints a token in compact form, ASCII.</summary>
    public byte[] Mint(in AccessTokenClaims claims) => CompactSigner.Sign(key, headerAndDot, Write(claims));

    /// <summary>
    /// Mints a token into an array of the pool, which the caller returns: the first <paramref name="length"/> bytes are its
    /// compact form, ASCII.
    /// </summary>
    public byte[] Mint(in AccessTokenClaims claims, ArrayPool<byte> pool, out int length)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var payload = Write(claims);
        length = CompactSigner.GetLength(key, headerAndDot, payload);
        var token = pool.Rent(length);
        CompactSigner.Sign(key, headerAndDot, payload, token.AsSpan(0, length));
        return token;
    }

    // Valid until the thread mints its next token.
    private static ReadOnlySpan<byte> Write(in AccessTokenClaims claims)
    {
        var (buffer, writer) = payloadWriter ??= NewWriter();
        buffer.ResetWrittenCount();
        writer.Reset();
        WritePayload(writer, claims);
        writer.Flush();
        return buffer.WrittenSpan;
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
        if (claims.NotBefore is { } notBefore)
        {
            writer.WriteNumber("nbf"u8, notBefore);
        }

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

        if (claims.Family is { } family)
        {
            writer.WriteString("family"u8, family);
        }

        WriteConfirmation(writer, claims.Confirmation);
        if (claims.Actor is { } actor)
        {
            WriteActor(writer, actor, depth: 1);
        }

        if (claims.MayAct is { } party)
        {
            writer.WriteStartObject("may_act"u8);
            WriteOptional(writer, "iss"u8, party.Issuer);
            WriteOptional(writer, "sub"u8, party.Subject);
            writer.WriteEndObject();
        }

        if (claims.Source is { } source)
        {
            WriteSource(writer, source);
        }

        writer.WriteEndObject();
    }

    private static void WriteConfirmation(Utf8JsonWriter writer, in TokenConfirmation confirmation)
    {
        if (confirmation.IsNone)
        {
            return;
        }

        writer.WriteStartObject("cnf"u8);
        if (confirmation.KeyThumbprint is { } key)
        {
            writer.WriteString("jkt"u8, key);
        }

        if (confirmation.CertificateThumbprint is { } certificate)
        {
            writer.WriteString("x5t#S256"u8, certificate);
        }

        writer.WriteEndObject();
    }

    private static void WriteActor(Utf8JsonWriter writer, TokenActor actor, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, JoseLimits.MaxActors);
        writer.WriteStartObject("act"u8);
        writer.WriteString("sub"u8, actor.Subject);
        if (actor.Issuer is { } issuer)
        {
            writer.WriteString("iss"u8, issuer);
        }

        if (actor.Actor is { } earlier)
        {
            WriteActor(writer, earlier, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteSource(Utf8JsonWriter writer, TokenSource source)
    {
        writer.WriteStartObject("src"u8);
        writer.WriteString("iss"u8, source.IssuerId);
        writer.WriteString("sub"u8, source.SubjectHash);
        if (source.TokenIdHash is { } tokenId)
        {
            writer.WriteString("jti"u8, tokenId);
        }

        writer.WriteNumber("root_exp"u8, source.RootExpiresAt);
        writer.WriteEndObject();
    }
}
