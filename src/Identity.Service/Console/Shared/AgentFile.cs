using System.Text;
using System.Text.RegularExpressions;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>The first <c>agent.yaml</c> of a tunnel, for copying from a page.</summary>
internal sealed partial record AgentFile
{
    public required string Url { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Null: the agent enrols with the tunnel's token, and its certificate comes from files.</summary>
    public required string? RuleId { get; init; }

    public required string TunnelId { get; init; }

    /// <summary>The label below the tunnel's domain.</summary>
    public required string Route { get; init; }

    /// <summary>The MCP server: an absolute URL.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>The authorization server that issues the callers' tokens.</summary>
    public required string Issuer { get; init; }

    /// <summary>The path of the machine's identity token; empty: the platform is detected.</summary>
    public required string TokenFile { get; init; }

    /// <summary>A DNS label (RFC 1035 §2.3.1), in lower case.</summary>
    public static bool IsRoute(string name) => Label().IsMatch(name);

    public static Uri? ReadUpstream(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url.UserInfo.Length == 0
        && url.Fragment.Length == 0
            ? url
            : null;

    public string ToYaml()
    {
        var text = new StringBuilder()
            .Append("config_version: 1\n")
            .Append("state_dir: /var/lib/culvert/agent\n\n")
            .Append("identity:\n")
            .Append($"  url: {YamlText.Quote(Url)}\n")
            .Append("  ca_file: platform-ca.pem # leave it out where a public CA has certified the service\n");
        if (RuleId is { } rule)
        {
            text.Append($"  organization_id: {YamlText.Quote(OrganizationId)}\n")
                .Append($"  rule_id: {YamlText.Quote(rule)}\n");
            if (TokenFile.Length > 0)
            {
                text.Append("  token: # read again at every use\n").Append($"    file: {YamlText.Quote(TokenFile)}\n");
            }
        }
        else
        {
            text.Append("  mode: manual\n").Append("  tunnel_token: file:tunnel-token\n");
        }

        text.Append($"\ntunnel:\n  id: {YamlText.Quote(TunnelId)}\n");
        if (RuleId is null)
        {
            text.Append("\ncertificates: # for the tunnel's domain and all names one label below it\n")
                .Append("  source: files\n  certificate_file: server.pem\n  key_file: server.key\n");
        }

        text.Append("\nissuers: # authorization servers whose tokens routes accept\n")
            .Append($"  default:\n    issuer: {YamlText.Quote(Issuer)}\n")
            .Append("\nroutes: # a label below the tunnel's domain each\n")
            .Append($"  {YamlText.Quote(Route)}:\n    upstream:\n")
            .Append($"      url: {YamlText.Quote(Upstream.GetLeftPart(UriPartial.Authority))}\n");
        if (Upstream.IsLoopback)
        {
            text.Append("      allowed_ranges: [\"127.0.0.0/8\", \"::1/128\"] # loopback only if listed\n");
        }

        return text.Append("    oauth:\n      mode: required\n")
            .Append($"      path: {YamlText.Quote(Upstream.AbsolutePath)}\n      issuers: [default]\n")
            .ToString();
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
