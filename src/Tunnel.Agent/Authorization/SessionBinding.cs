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
/// Binds the ids that an upstream gives out, of sessions and of events, to principals (P8): clients get <c>ID.TAG</c>,
/// where the tag is the first half of HMAC-SHA256 over route, principal and the upstream's id, as base64url. Nothing is
/// stored, so an agent that was restarted and every other agent of the tunnel know the owner of an id that they have
/// never seen.
/// </summary>
/// <param name="route">The route's name: an id of one route is none of another.</param>
/// <param name="key">Shared by all routes, and by all agents of the tunnel.</param>
/// <param name="kind">Of ids: one of an event is none of a session.</param>
internal sealed class SessionBinding(string route, SessionKey key, string kind = "session")
{
    /// <summary>Characters of an upstream's id. A longer one, with its tag, might not fit into the client's next head.</summary>
    internal const int MaxIdLength = 4096;

    private const int TagBytes = 16;
    private const char Separator = '.';

    private static readonly int TagLength = Base64Url.GetEncodedLength(TagBytes);

    // Names the format: another one must not be mistaken for this.
    private readonly string purpose = $"culvert {kind} binding v1";

    /// <summary>The same for the ids of events.</summary>
    public SessionBinding ForEvents() => new(route, key, "event");

    /// <summary>What the client is given in place of an upstream's id; false: the id is too long.</summary>
    public bool TryBind(string id, Principal principal, [NotNullWhen(true)] out string? bound)
    {
        bound = id.Length <= MaxIdLength ? $"{id}{Separator}{ComputeTag(id, principal)}" : null;
        return bound is not null;
    }

    /// <summary>The upstream's own id; false: this principal was never given it on this route.</summary>
    public bool TryOpen(string bound, Principal principal, [NotNullWhen(true)] out string? id)
    {
        id = null;
        var separator = bound.Length - TagLength - 1;
        if (separator is < 0 or > MaxIdLength || bound[separator] != Separator)
        {
            return false;
        }

        // The text, not what it decodes to: base64 has several texts for the same bytes.
        var own = bound[..separator];
        var isGood = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(bound[(separator + 1)..]),
            Encoding.UTF8.GetBytes(ComputeTag(own, principal))
        );
        id = isGood ? own : null;
        return isGood;
    }

    /// <summary>
    /// The upstream's own id of the session that an exchange belongs to, or that its answer begins; empty where there is
    /// none. The gate has taken the tag off the request's; that of the answer still has it where there is a principal.
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
            // The length first, so that no two lists of parts are the same bytes.
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
