using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Mcp;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Decides which headers the agent does not pass on (P4): hop-by-hop fields and the tunnel's own fields.
/// </summary>
internal static class HeaderRules
{
    public const string FailedHop = "culvert-failed-hop";
    public const string Reason = "culvert-reason";
    public const string RequestId = "request-id";

    // RFC 9110 §7.6.1 and the older lists that it replaced. HTTP2-Settings is part of the upgrade of RFC 7540 §3.2.1.
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

    // Older headers with the content of Forwarded. An upstream that trusts its proxy would believe the address and host
    // that a client writes into them.
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

    // S38: frameworks that honour these headers use another path, method or user than the agent has checked.
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

    // Prefixes of headers in which well-known proxies describe the request, and the user that they have authenticated.
    // A server that trusts its proxy believes them.
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

    // The route sets Host, and the framing of the body sets Content-Length. The agent replaces Forwarded: an upstream
    // that trusts the agent may get only what the agent itself has seen (P6). The agent has checked Origin, which names
    // a site that the upstream does not know (P6). The agent's server answers Expect (RFC 9110 §10.1.1); if it were
    // passed on, the HTTP client could send the head of a POST a second time (P10).
    private static readonly FrozenSet<string> RequestDropped = HopByHop
        .Concat(ForwardedByOtherNames)
        .Concat(Overrides)
        .Concat(["Host", "Content-Length", "Forwarded", "Origin", "Expect", FailedHop, Reason])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ResponseDropped = HopByHop
        .Concat([FailedHop, Reason])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // The client's credentials for the agent. A server that received them could use them as the client (A16).
    private static readonly FrozenSet<string> ClientCredentials = new[]
    {
        "Authorization",
        "Cookie",
        "DPoP",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // A Connection header cannot remove these fields: the agent reads them, and without them the upstream would
    // understand another message. RFC 9110 §7.6.1 forbids senders to name fields that are for the message's receiver.
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

    // A Connection header cannot remove any field with these prefixes.
    private static readonly string[] NeverNominatedFamilies = ["Mcp-", "Content-", "Accept", "Access-Control-"];

    /// <summary>True if a client's request header with this name goes to the upstream.</summary>
    /// <remarks>
    /// S38: names with "_" are not forwarded. CGI and its successors read "_" and "-" as the same character, so that
    /// <c>X_Api_Key</c> would mean <c>X-Api-Key</c>, which the agent sets itself. Headers of tool parameters are
    /// exempt: a parameter may have any name, and its header repeats the name.
    /// </remarks>
    public static bool ForwardsRequest(string name, StringValues connection) =>
        MaySend(name)
        && !IsOfFamily(name, ProxyFamilies)
        && (!name.Contains('_') || name.StartsWith(McpHeaders.ParameterPrefix, StringComparison.OrdinalIgnoreCase))
        && !IsNominated(name, connection);

    /// <summary>True if the agent's own configuration may set a request header with this name.</summary>
    public static bool MaySend(string name) => !RequestDropped.Contains(name);

    /// <summary>
    /// True if upstreams may read both names as one: they differ in case or in "_" and "-" alone (S38).
    /// </summary>
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

    // RFC 9110 §7.6.1: a header that Connection names is for that hop only.
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
