using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The first <c>agent.yaml</c>: what an agent in automatic mode cannot do without, and nothing else.</summary>
internal sealed record InitialFile
{
    public required string StateDirectory { get; init; }

    public required string Url { get; init; }

    /// <summary>Empty for the system's roots.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Empty for none; excludes <see cref="CaFile"/>.</summary>
    public string CaSha256 { get; init; } = "";

    public required string OrganizationId { get; init; }

    public required string RuleId { get; init; }

    /// <summary>Empty: the platform that the agent runs on is asked.</summary>
    public string TokenFile { get; init; } = "";

    public required string TunnelId { get; init; }

    /// <summary>The authorization server whose tokens the routes accept.</summary>
    public required string Issuer { get; init; }

    public required IReadOnlyList<InitialRoute> Routes { get; init; }

    public string ToYaml()
    {
        var text = new StringBuilder();
        text.AppendLine("# Created by `tunnel-agent init`. All keys and their defaults: tunnel-agent config show");
        text.AppendLine("config_version: 1");
        text.AppendLine($"state_dir: {Quote(StateDirectory)}");
        text.AppendLine().AppendLine("identity:");
        text.AppendLine($"  url: {Quote(Url)}");
        AddIfSet("ca_file", CaFile);
        AddIfSet("ca_sha256", CaSha256);
        text.AppendLine($"  organization_id: {Quote(OrganizationId)}");
        text.AppendLine($"  rule_id: {Quote(RuleId)}");
        if (TokenFile.Length > 0)
        {
            text.AppendLine($"  token: {{file: {Quote(TokenFile)}}} # read again at every use");
        }

        text.AppendLine().AppendLine("tunnel:").AppendLine($"  id: {Quote(TunnelId)}");
        text.AppendLine().AppendLine("issuers: # authorization servers whose tokens routes accept");
        text.AppendLine($"  default: {{issuer: {Quote(Issuer)}}}");
        text.AppendLine().AppendLine("routes: # a label under the tunnel's domain each");
        foreach (var route in Routes)
        {
            text.AppendLine($"  {Quote(route.Name)}:");
            text.AppendLine("    upstream:").AppendLine($"      url: {Quote(route.Origin)}");
            if (route.IsLoopback)
            {
                text.AppendLine("      allowed_ranges: [127.0.0.0/8, \"::1/128\"] # loopback only if listed");
            }

            text.AppendLine($"    oauth: {{mode: required, path: {Quote(route.Path)}, issuers: [default]}}");
        }

        return text.ToString();

        void AddIfSet(string key, string value)
        {
            if (value.Length > 0)
            {
                text.AppendLine($"  {key}: {Quote(value)}");
            }
        }
    }

    // JSON's escapes are YAML's in double quotes (YAML 1.2.2 §5.7).
    private static string Quote(string value) =>
        $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
