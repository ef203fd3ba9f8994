using System.Text.Encodings.Web;
using System.Text.Json;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The minimal configuration files of a development system, all on loopback.</summary>
internal static class DevFiles
{
    public const string Route = "mcp";

    public static string Service(DevPorts ports) =>
        $$"""
            config_version: 1
            public_url: https://localhost:{{ports.Api}}
            machine_url: https://localhost:{{ports.Machine}}
            state_dir: state
            api: {listen: ["127.0.0.1:{{ports.Api}}"]}
            machine: {listen: ["127.0.0.1:{{ports.Machine}}"]}
            health: {listen: ["127.0.0.1:{{ports.ServiceHealth}}"]}
            keys: {sealing_key: file:sealing.key}
            certificates: {approval: single}
            tunnels: {domain_suffix: tunnel.localhost}
            """;

    public static string Edge(DevPorts ports, DevInstallation installation, DevRecord record, string tokenFile) =>
        $$"""
            config_version: 1
            edge_id: {{record.EdgeId}}
            state_dir: state
            {{Identity(ports, installation, record.EdgeRuleId, tokenFile)}}
            agents: {listen: ["127.0.0.1:{{ports.Agents}}"], advertise: ["127.0.0.1:{{ports.Agents}}"]}
            sni: {listen: {{Loopback.Listen(ports.Clients)}}, public_port: {{ports.Clients}}}
            connect: {listen: []}
            health: {listen: ["127.0.0.1:{{ports.EdgeHealth}}"]}
            drain_timeout: 2s
            """;

    /// <param name="tokenFile">The agent's identity token.</param>
    /// <param name="issuer">The issuer whose tokens the route accepts.</param>
    /// <param name="issuerCaFile">The root of that issuer's server.</param>
    /// <param name="ranges">The addresses of the MCP server.</param>
    public static string Agent(
        DevPorts ports,
        DevInstallation installation,
        DevRecord record,
        string tokenFile,
        DevIssuer issuer,
        string issuerCaFile,
        DevTarget target,
        IReadOnlyList<string> ranges
    ) =>
        $$"""
            config_version: 1
            state_dir: state
            {{Identity(ports, installation, record.AgentRuleId, tokenFile)}}
            tunnel: {id: {{record.TunnelId}}, drain_timeout: 2s}
            issuers:
              dev: {issuer: "{{issuer.Url}}", ca_file: "{{issuerCaFile}}", allowed_ranges: [{{List(
                Loopback.Ranges
            )}}]}
            routes:
              {{Route}}:
                upstream: {{Upstream(target, ranges)}}
                oauth: {mode: required, issuers: [dev], path: "{{target.Path}}"}
            health: {listen: "127.0.0.1:{{ports.AgentHealth}}"}
            """;

    // A program runs in the developer's working directory, with the usual environment.
    private static string Upstream(DevTarget target, IReadOnlyList<string> ranges) =>
        target.Origin is { } origin
            ? $$"""{url: "{{origin.GetLeftPart(UriPartial.Authority)}}", allowed_ranges: [{{List(ranges)}}]}"""
            : $"{{stdio: {{command: [{List(target.Command)}], working_directory: {Quote(Environment.CurrentDirectory)}, "
                + "inherit_environment: [PATH, LANG, HOME, USER, TMPDIR]}}";

    private static string Identity(DevPorts ports, DevInstallation installation, string ruleId, string tokenFile) =>
        $$"""
            identity:
              url: https://localhost:{{ports.Api}}
              ca_sha256: "{{installation.RootPin}}"
              organization_id: {{installation.OrganizationId}}
              rule_id: {{ruleId}}
              token: {file: "{{tokenFile}}"}
            """;

    private static string List(IEnumerable<string> values) => string.Join(", ", values.Select(Quote));

    // JSON's escapes are valid in YAML's double quotes (YAML 1.2.2 §5.7).
    private static string Quote(string value) =>
        $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
