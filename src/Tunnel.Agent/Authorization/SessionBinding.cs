using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Binds an upstream's session and event ids to principals (P8): clients receive <c>ID.TAG</c>, where the tag is the
/// first half of HMAC-SHA256 over route, principal and the upstream's id, as base64url. Nothing is stored, so a restarted
/// agent and every other agent of the tunnel can check ids that they have never seen.
/// </summary>
/// <param name="key">Shared by all routes, and by all agents of the tunnel.</param>
internal sealed class SessionBinding(string route, SessionKey key, string kind = "session")
{
    /// <summary>In characters: a longer id, with its tag, might not fit into a request's head.</summary>
    internal const int MaxIdLength = 4096;

    private const int TagBytes = 16;
    private const char Separator = '.';

    private static readonly int TagLength = Base64Url.GetEncodedLength(TagBytes);

    // Identifies the format: tags of another format must not be accepted.
    private readonly string purpose = $"culvert {kind} binding v1";

    public SessionBinding ForEvents() => new(route, key, "event");

    /// <summary>Returns the id for the client; false: the upstream's id is too long.</summary>
    public bool TryBind(string id, Principal principal, [NotNullWhen(true)] out string? bound)
    {
        bound = id.Length <= MaxIdLength ? $"{id}{Separator}{ComputeTag(id, principal)}" : null;
        return bound is not null;
    }

    /// <summary>Returns the upstream's id; false: this principal never received it on this route.</summary>
    public bool TryOpen(string bound, Principal principal, [NotNullWhen(true)] out string? id)
    {
        id = null;
        var separator = bound.Length - TagLength - 1;
        if (separator is < 0 or > MaxIdLength || bound[separator] != Separator)
        {
            return false;
        }

        // Compares the text, not its decoded bytes: base64 has several texts for the same bytes.
        var own = bound[..separator];
        var isGood = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(bound[(separator + 1)..]),
            Encoding.UTF8.GetBytes(ComputeTag(own, principal))
        );
        id = isGood ? own : null;
        return isGood;
    }

    /// <summary>
    /// The upstream's id of the session that an exchange belongs to, or that its response creates; empty without one. The
    /// gate has removed the tag from the request; the response still has it when there is a principal.
    /// </summary>
    public static string GetId(Exchange exchange)
    {
        if (exchange.Request.Headers[McpHeaders.Session] is { Count: > 0 } sent)
        {
            return sent.ToString();
        }

        var given = exchange.Response.Headers[McpHeaders.Session].ToString();
        var separator = exchange.Principal is null ? -1 : given.LastIndexOf(Separator);
        return separator < 0 ? given : given[..separator];
    }

    private string ComputeTag(string id, Principal principal)
    {
        var content = new ArrayBufferWriter<byte>(256);
        foreach (var part in (string[])[purpose, route, principal.Issuer, principal.Subject, principal.ClientId, id])
        {
            // The length prefix makes the encoding of the parts unambiguous.
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(content.GetSpan(sizeof(int)), bytes.Length);
            content.Advance(sizeof(int));
            content.Write(bytes);
        }

        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Current, content.WrittenSpan, tag);
        return Base64Url.EncodeToString(tag[..TagBytes]);
    }
}
