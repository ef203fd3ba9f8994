using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Mcp;
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
        "X-HTTP-Method",
        "X-HTTP-Method-Override",
        "X-Method-Override",
        "X-Remote-User",
        "X-Forwarded-User",
    ];

    // The same by families: what well-known proxies say of the request and of the user whom they have authenticated. A server
    // that trusts its proxy believes them.
    private static readonly string[] ProxyFamilies =
    [
        "Cf-Access-",
        "Client-Cert",
        "Client-IP",
        "Fastly-Client-",
        "Front-End-",
        "OIDC-",
        "Remote-",
        "SSL-Client-",
        "Tailscale-",
        "X-Amzn-Oidc-",
        "X-Anonymous-Consumer",
        "X-Appengine-",
        "X-ARR-",
        "X-Auth-Email",
        "X-Auth-Groups",
        "X-Auth-Request-",
        "X-Auth-Subject",
        "X-Auth-User",
        "X-Authenticated-",
        "X-Authentik-",
        "X-Authelia-",
        "X-Azure-Client",
        "X-Client-Cert",
        "X-Client-DN",
        "X-Client-S-DN",
        "X-Client-Subject",
        "X-Client-User",
        "X-Client-Verify",
        "X-Consumer-",
        "X-Credential-",
        "X-Envoy-",
        "X-Forwarded",
        "X-Goog-Authenticated-",
        "X-Goog-IAP-",
        "X-Host",
        "X-MS-Client-",
        "X-MS-Token-",
        "X-Original-",
        "X-Pomerium-",
        "X-Proxy-",
        "X-Real-",
        "X-Remote-",
        "X-Rewrite-",
        "X-SSL-",
        "X-Userinfo",
        "X-Vouch-",
        "X-WebAuth-",
    ];

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

    // What a Connection header may not take away: the agent reads these fields, and without them the message would mean
    // something else to the upstream. RFC 9110 §7.6.1 forbids senders to name fields that are for the message's receiver.
    private static readonly FrozenSet<string> NeverNominated = new[]
    {
        "Authorization",
        "Cookie",
        "DPoP",
        "Host",
        "Last-Event-ID",
        "Origin",
        "Set-Cookie",
        "traceparent",
        "tracestate",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // The same for all fields of these families.
    private static readonly string[] NeverNominatedFamilies = ["Mcp-", "Content-", "Accept", "Access-Control-"];

    /// <summary>True if a client's request header with this name goes to the upstream.</summary>
    /// <remarks>
    /// S38: names with "_" do not. CGI and its successors read "_" and "-" as the same character, so that
    /// <c>X_Api_Key</c> would mean <c>X-Api-Key</c>, which the agent sets itself. A tool's parameter may have any name, and
    /// its header repeats the name.
    /// </remarks>
    public static bool ForwardsRequest(string name, StringValues connection) =>
        MaySend(name)
        && !IsOfFamily(name, ProxyFamilies)
        && (!name.Contains('_') || name.StartsWith(McpHeaders.ParameterPrefix, StringComparison.OrdinalIgnoreCase))
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
                    return !NeverNominated.Contains(name) && !IsOfFamily(name, NeverNominatedFamilies);
                }
            }
        }

        return false;
    }

    private static bool IsOfFamily(string name, string[] families)
    {
        foreach (var family in families)
        {
            if (name.StartsWith(family, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
