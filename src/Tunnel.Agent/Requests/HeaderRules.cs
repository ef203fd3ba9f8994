using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Which headers do not cross the agent (P4): hop-by-hop fields and the tunnel's own.</summary>
internal static class HeaderRules
{
    public const string FailedHop = "culvert-failed-hop";
    public const string Reason = "culvert-reason";
    public const string RequestId = "request-id";

    // RFC 9110 §7.6.1 and the older lists it grew from; HTTP2-Settings belongs to the upgrade of RFC 7540 §3.2.1.
    private static readonly string[] HopByHop =
    [
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authentication-Info",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
    ];

    // Older ways to say what Forwarded says. A client that writes them would choose its own address and host in the
    // eyes of an upstream that trusts its proxy.
    private static readonly string[] ForwardedByOtherNames =
    [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-Forwarded-Server",
        "X-Original-Forwarded-For",
        "X-Real-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Envoy-External-Address",
    ];

    // S38: frameworks that honour these take another path, method or user than the agent has judged.
    private static readonly string[] Overrides =
    [
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Remote-User",
        "X-Forwarded-User",
    ];

    // A tool's parameter may be called anything, and the header repeats its name.
    private const string ToolParameter = "Mcp-Param-";

    // Host is set per route, Content-Length by the body's framing. Forwarded is replaced: only what this agent itself
    // saw may go to an upstream that trusts it (P6). Origin has been checked by then and names a site the upstream does
    // not know (P6). Expect is met by our own server (RFC 9110 §10.1.1); passed on, it would let the HTTP client send
    // the head of a POST a second time (P10).
    private static readonly FrozenSet<string> RequestDropped = HopByHop
        .Concat(ForwardedByOtherNames)
        .Concat(Overrides)
        .Concat(["Host", "Content-Length", "Forwarded", "Origin", "Expect", FailedHop, Reason])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ResponseDropped = HopByHop
        .Concat([FailedHop, Reason])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // What proves the client to the agent, and would prove it to others if it were passed on (A16).
    private static readonly FrozenSet<string> ClientCredentials = new[]
    {
        "Authorization",
        "Cookie",
        "DPoP",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // What a Connection header may not take away: without them the message would mean something else.
    private static readonly FrozenSet<string> NeverNominated = new[]
    {
        "Content-Length",
        "Content-Type",
        "Content-Encoding",
        "Host",
        "Set-Cookie",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if a client's request header with this name goes to the upstream.</summary>
    /// <remarks>
    /// S38: names with "_" do not. CGI and its successors read "_" and "-" as the same character, so that
    /// <c>X_Api_Key</c> would mean <c>X-Api-Key</c>, which the agent sets itself.
    /// </remarks>
    public static bool ForwardsRequest(string name, StringValues connection) =>
        MaySend(name)
        && (!name.Contains('_') || name.StartsWith(ToolParameter, StringComparison.OrdinalIgnoreCase))
        && !IsNominated(name, connection);

    /// <summary>True if the agent's own configuration may set a request header with this name.</summary>
    public static bool MaySend(string name) => !RequestDropped.Contains(name);

    /// <summary>True if upstreams may read both names as one: they differ in case or in "_" and "-" alone (S38).</summary>
    public static bool IsSameField(string left, string right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (Fold(left[i]) != Fold(right[i]))
            {
                return false;
            }
        }

        return true;

        static char Fold(char c) => c == '_' ? '-' : char.ToLowerInvariant(c);
    }

    /// <summary>True if a request header is a credential of the client, or may be one.</summary>
    public static bool IsClientCredential(string name) => ClientCredentials.Contains(name);

    /// <summary>True if a response header with this name goes to the client.</summary>
    public static bool ForwardsResponse(string name, StringValues connection) =>
        !ResponseDropped.Contains(name) && !IsNominated(name, connection);

    // RFC 9110 §7.6.1: a header that Connection names belongs to that hop alone.
    private static bool IsNominated(string name, StringValues connection)
    {
        if (connection.Count == 0)
        {
            return false;
        }

        foreach (var value in connection)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                var option = value.AsSpan(range).Trim(" \t");
                if (option.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return !NeverNominated.Contains(name);
                }
            }
        }

        return false;
    }
}
