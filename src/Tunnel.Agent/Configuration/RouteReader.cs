using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads an entry of <c>routes</c>.</summary>
internal static partial class RouteReader
{
    // RFC 1035 §2.3.4, as text without the trailing dot.
    private const int MaxHostname = 253;

    /// <summary>Returns a usable route even if errors were reported; the caller then drops all routes.</summary>
    public static (RouteSettings Route, ConfigSection Oauth) Read(
        string name,
        ConfigSection root,
        ConfigSection route,
        NetworkOptions network,
        IReadOnlyList<IssuerSettings> issuers,
        ComposedRoutes routes
    )
    {
        if (name != Route.BareDomain && !Label().IsMatch(name))
        {
            root.Error(
                $"routes.{name}",
                "This is not one label of a host name.",
                "Use 1 to 63 lower-case letters, digits and inner hyphens, or \"@\" for the tunnel domain itself."
            );
        }

        var oauth = route.Section("oauth");
        var access = OauthReader.Read(oauth, issuers);
        var upstream = UpstreamReader.Read(route.Section("upstream"), network, access, routes);
        var settings = new RouteSettings
        {
            Name = name,
            IsExposed = route.Bool("expose", true),
            Upstream = upstream with
            {
                Origin = UpstreamReader.DescribeOrigin(route.Section("upstream"), upstream, network, access.Path),
            },
            AllowedOrigins = route.Strings("allowed_origins"),
            Oauth = access,
            Credential = CredentialReader.Read(
                route.Section("credentials"),
                access,
                upstream is HttpUpstreamSettings { ClientCertificateFile.Length: > 0 }
            ),
            Policy = PolicyReader.Read(route.Section("policy"), access),
        };
        settings = settings with { Pins = PinsReader.Read(route.Section("pins"), settings) };
        if (settings.Upstream is not HttpUpstreamSettings)
        {
            CheckLocal(route, oauth, settings);
        }

        return (settings with { IsPublic = IsPublic(route), Hostnames = ReadHostnames(route) }, oauth);
    }

    private static bool IsPublic(ConfigSection route) =>
        route.Choice("certificate", "service", "service", "acme") == "acme";

    private static IReadOnlyList<string> ReadHostnames(ConfigSection route)
    {
        var names = route.Strings("hostnames");
        foreach (var name in names)
        {
            if (
                name.Length > MaxHostname
                || name.Split('.') is not { Length: > 1 } labels
                || !labels.All(Label().IsMatch)
            )
            {
                route.Error(
                    "hostnames",
                    $"{name} is not a host name with a domain.",
                    "Write it in lower case, without wildcard and final dot, as it was claimed on the tunnel."
                );
            }
        }

        return names;
    }

    // The upstream of such a route does not speak HTTP: it receives no credentials and cannot check tokens.
    private static void CheckLocal(ConfigSection route, ConfigSection oauth, RouteSettings settings)
    {
        if (settings.Oauth.Mode == OauthMode.Passthrough)
        {
            oauth.Error("mode", "The upstream of this route does not check tokens.", "Write required, with issuers.");
        }

        if (settings.Credential.Type != CredentialType.None)
        {
            route
                .Section("credentials")
                .Error("type", "The upstream of this route does not use one.", "Use stdio.environment, or remove it.");
        }
    }

    // RFC 1123 §2.1, lower case only, so that a label has one spelling.
    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
