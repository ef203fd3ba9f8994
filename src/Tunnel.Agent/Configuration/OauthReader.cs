using Culvert.Platform.Configuration;
using Culvert.Platform.Fetching;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads a route's <c>oauth</c>. No route is open by omission: the mode is required.</summary>
internal static class OauthReader
{
    // A5: the scope requests a refresh token, which concerns only client and authorization server.
    private const string OfflineAccess = "offline_access";

    /// <param name="issuers">Those of the file.</param>
    public static OauthSettings Read(ConfigSection oauth, IReadOnlyList<IssuerSettings> issuers)
    {
        var written = oauth.RequiredString("mode");
        OauthMode? mode = written switch
        {
            "required" => OauthMode.Required,
            "passthrough" => OauthMode.Passthrough,
            "dangerous_none" => OauthMode.DangerousNone,
            _ => null,
        };
        if (mode is null && written.Length > 0)
        {
            var near = ConfigText.Nearest(written, ["required", "passthrough", "dangerous_none"]);
            oauth.Error(
                "mode",
                "No such mode.",
                near is null ? "Write required, passthrough or dangerous_none." : $"Did you mean {near}?"
            );
        }

        var settings = new OauthSettings
        {
            Mode = mode ?? OauthMode.Required,
            Path = oauth.String("path", "/mcp"),
            Resource = oauth.String("resource"),
            Issuers = oauth.Strings("issuers"),
            Claims = issuers.ToDictionary(i => i.Name, i => i.Claims, StringComparer.Ordinal),
            Audiences = oauth.Strings("audiences"),
            ScopesSupported = oauth.Strings("scopes_supported"),
            RequiredScopes = oauth.Strings("required_scopes"),
            OperationScopes =
            [
                .. oauth.StringLists("operation_scopes").Select(o => new OperationScopes(o.Key, o.Value)),
            ],
            ScopeHierarchy = oauth.StringLists("scope_hierarchy"),
            Dpop = oauth.Choice("dpop", "optional", "off", "optional", "required") switch
            {
                "off" => DpopMode.Off,
                "required" => DpopMode.Required,
                _ => DpopMode.Optional,
            },
            AuthorizationServer = ReadAuthorizationServer(oauth, mode),
            StreamGrace = oauth.Duration("stream_grace", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(1)),
        };
        CheckResource(oauth, settings);
        CheckScopes(oauth, settings);
        if (mode == OauthMode.Required && settings.Issuers.Count == 0)
        {
            oauth.Error("issuers", "No tokens would be accepted.", "Name an entry of issuers.");
        }

        return settings;
    }

    /// <summary>Checks rules that involve all routes.</summary>
    public static void CheckTogether(
        IReadOnlyList<(RouteSettings Route, ConfigSection Oauth)> routes,
        IReadOnlyList<IssuerSettings> issuers
    )
    {
        foreach (var (route, oauth) in routes.Where(r => r.Route.Oauth.AuthorizationServer is not null))
        {
            CheckFronted(route, oauth, routes, issuers);
        }

        var required = routes.Where(r => r.Route.Oauth.Mode == OauthMode.Required).ToList();
        foreach (var (route, oauth) in required)
        {
            CheckNames(route, oauth, issuers);
        }

        // A8: a token for one hostname must not be valid at another.
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (route, oauth) in required.Where(r => r.Route.IsExposed))
        {
            var own = route.Oauth.Audiences.Select(a => (Key: "audiences", Value: a));
            if (route.Oauth.Resource.Length > 0)
            {
                own = own.Append(("resource", route.Oauth.Resource));
            }

            foreach (var (key, value) in own)
            {
                if (!owners.TryAdd(value, route.Name) && owners[value] != route.Name)
                {
                    oauth.Error(
                        key,
                        $"Route {owners[value]} has the same audience: a token for one would open the other.",
                        "Give each route its own audience at the authorization server."
                    );
                }
            }
        }
    }

    private static void CheckNames(RouteSettings route, ConfigSection oauth, IReadOnlyList<IssuerSettings> issuers)
    {
        foreach (var name in route.Oauth.Issuers.Where(n => issuers.All(i => i.Name != n)))
        {
            var near = ConfigText.Nearest(name, issuers.Select(i => i.Name));
            oauth.Error(
                "issuers",
                $"{name} is not an entry of issuers.",
                near is null ? "Add it under issuers." : $"Did you mean {near}?"
            );
        }
    }

    private static AuthorizationServerSettings? ReadAuthorizationServer(ConfigSection oauth, OauthMode? mode)
    {
        var section = oauth.Section("authorization_server");
        var browserUrl = section.String("browser_url");
        var rewrite = section.Strings("rewrite");
        if (browserUrl.Length == 0)
        {
            if (rewrite.Count > 0)
            {
                section.Error("browser_url", "It has no effect without rewriting.", "Write where browsers reach it.");
            }

            return null;
        }

        if (
            !SafeFetcher.TryParseUrl(browserUrl, out var url)
            || url.GetLeftPart(UriPartial.Authority) != browserUrl.TrimEnd('/')
        )
        {
            section.Error(
                "browser_url",
                "This is not an https URL without a path.",
                "Write under which scheme, host and port people's browsers reach the authorization server."
            );
        }

        var known = AuthorizationServerSettings.DefaultRewrite;
        foreach (var name in rewrite.Where(n => !known.Contains(n, StringComparer.Ordinal)))
        {
            var near = ConfigText.Nearest(name, known);
            section.Error(
                "rewrite",
                AuthorizationServerSettings.Browsers.Contains(name, StringComparer.Ordinal)
                    ? $"{name} is for browsers, which do not connect through the tunnel."
                    : $"{name} is not a member that can be rewritten.",
                near is null ? $"Choose from {string.Join(", ", known)}." : $"Did you mean {near}?"
            );
        }

        if (mode is not null and not OauthMode.Passthrough)
        {
            section.Error(
                "browser_url",
                "Clients call an authorization server without a token.",
                "Write mode: passthrough on its route."
            );
        }

        return new AuthorizationServerSettings
        {
            BrowserUrl = browserUrl.TrimEnd('/'),
            Rewrite = rewrite.Count > 0 ? rewrite : known,
        };
    }

    private static void CheckFronted(
        RouteSettings route,
        ConfigSection oauth,
        IReadOnlyList<(RouteSettings Route, ConfigSection Oauth)> routes,
        IReadOnlyList<IssuerSettings> issuers
    )
    {
        CheckNames(route, oauth, issuers);
        if (route.Oauth.Issuers.Count != 1)
        {
            oauth.Error("issuers", "The issuer of this authorization server is not set.", "Name one entry of issuers.");
            return;
        }

        if (issuers.Any(i => i.IsFed && i.Name == route.Oauth.Issuers[0]))
        {
            oauth.Error(
                "issuers",
                "The service is reached at its own URL, not through a route.",
                "Name the entry of issuers whose server the upstream is."
            );
        }

        var first = routes.First(r =>
            r.Route.Oauth is { AuthorizationServer: not null, Issuers.Count: 1 }
            && r.Route.Oauth.Issuers[0] == route.Oauth.Issuers[0]
        );
        if (first.Route.Name != route.Name)
        {
            oauth.Error(
                "issuers",
                $"Route {first.Route.Name} leads to the same issuer: clients could not choose between them.",
                "Remove one of the two routes."
            );
        }

        if (route.Upstream is HttpUpstreamSettings { Probe.Kind: ProbeKind.Mcp })
        {
            oauth.Error(
                "authorization_server",
                "An MCP call cannot check its health, because an authorization server does not answer MCP.",
                "Write upstream: {health: {probe: tcp}}."
            );
        }

        if (route.Policy.Mode != Policy.PolicyMode.Off)
        {
            oauth.Error(
                "authorization_server",
                "A policy applies to MCP calls, and an authorization server has none.",
                "Remove the route's policy."
            );
        }
    }

    private static void CheckResource(ConfigSection oauth, OauthSettings settings)
    {
        if (!IsPath(settings.Path))
        {
            oauth.Error(
                "path",
                "The path must start with a slash, and must have no query, dot segment, empty segment or escape.",
                "Write the path of the MCP endpoint exactly as its server serves it, such as /mcp or /mcp/, or / for the root."
            );
        }

        if (
            settings.Resource.Length > 0
            && (
                !SafeFetcher.TryParseUrl(settings.Resource, out var url)
                || url.Query.Length > 0
                || url.GetLeftPart(url.AbsolutePath == "/" ? UriPartial.Authority : UriPartial.Path)
                    != settings.Resource
                || !IsPath(url.AbsolutePath)
            )
        )
        {
            oauth.Error(
                "resource",
                "A resource is the https URL that clients use, in canonical form.",
                "Write https, the host in lower case, the port unless it is 443, and the path as clients write it; no path for the root."
            );
        }

        if (settings.Audiences.Any(a => a.Length == 0))
        {
            oauth.Error("audiences", "An audience is not empty.", "Write the aud that the issuer's tokens carry.");
        }
    }

    /// <summary>Whether this is a valid path. A trailing slash is significant: some servers redirect <c>/mcp</c>.</summary>
    internal static bool IsPath(string path)
    {
        if (!path.StartsWith('/'))
        {
            return false;
        }

        var segments = path[1..].Split('/');
        return segments[..^1].All(s => s is not ("" or "." or ".."))
            && segments[^1] is not ("." or "..")
            && path.All(c =>
                char.IsAsciiLetterOrDigit(c) || "/-._~!$&'()*+,;=:@".Contains(c, StringComparison.Ordinal)
            );
    }

    private static void CheckScopes(ConfigSection oauth, OauthSettings settings)
    {
        Check("scopes_supported", settings.ScopesSupported);
        Check("required_scopes", settings.RequiredScopes);
        foreach (var operation in settings.OperationScopes)
        {
            Check("operation_scopes", operation.Scopes);
            if (operation.Pattern.Length == 0 || operation.Scopes.Count == 0)
            {
                oauth.Error(
                    "operation_scopes",
                    "An entry needs an operation and at least one scope.",
                    "Write \"tools/delete_*\": [docs.write]."
                );
            }
        }

        foreach (var (scope, implied) in settings.ScopeHierarchy)
        {
            Check("scope_hierarchy", [scope, .. implied]);
        }

        void Check(string key, IEnumerable<string> scopes)
        {
            foreach (var scope in scopes)
            {
                if (scope == OfflineAccess)
                {
                    oauth.Error(key, "offline_access is not a scope of a resource.", "Remove it.");
                }
                else if (!OauthText.IsScope(scope))
                {
                    oauth.Error(key, "A scope is text without blanks, quotes or backslashes.", "Correct the scope.");
                }
            }
        }
    }
}
