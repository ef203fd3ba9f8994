using Culvert.Machine.Client.Tests.Support;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The folder of an agent that serves a tunnel of a control plane: its file, and the files that this names.</summary>
internal static class LongPollFolder
{
    public const string Main = "{main: {route: docs}, harpoon: {route: callouts}}";

    /// <param name="folder">Where the files are written.</param>
    /// <param name="service">The agent's own installation.</param>
    /// <param name="pki">Certifies the control plane.</param>
    /// <param name="plane">Port of the control plane.</param>
    /// <param name="upstream">Port of the MCP server of route <c>docs</c>.</param>
    /// <param name="target">Port of the one target of route <c>callouts</c>.</param>
    /// <param name="health">Port of the health listener; 0 = any.</param>
    /// <param name="routes">Further routes, as members of <c>routes</c>.</param>
    /// <param name="channels">The channels of the tunnel.</param>
    /// <param name="drain">For calls under way when the agent stops.</param>
    /// <returns>The path of the agent's file.</returns>
    public static string Write(
        string folder,
        FakeService service,
        TunnelPki pki,
        int plane,
        int upstream,
        int target = 1,
        int health = 0,
        string routes = "",
        string channels = Main,
        string drain = "1s"
    )
    {
        File.WriteAllText(Path.Combine(folder, "ca.pem"), service.Platform.RootPem);
        File.WriteAllText(Path.Combine(folder, "plane.pem"), pki.Ca.ExportCertificatePem());
        foreach (var (name, text) in new[] { ("idp-token", "eyJ.idp.token"), ("key", LongPollScene.ApiKey) })
        {
            File.WriteAllText(Path.Combine(folder, name), text);
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(
            file,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: {{service.ApiUrl.GetLeftPart(UriPartial.Authority)}}
              ca_file: ca.pem
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {file: idp-token}
            tunnel: {id: {{FakeService.TunnelId}}, drain_timeout: {{drain}}}
            health: {listen: "127.0.0.1:{{health}}"}
            routes:
              docs:
                upstream:
                  url: http://127.0.0.1:{{upstream}}
                  allowed_ranges: [127.0.0.0/8]
                  health: {probe: tcp}
                oauth: {mode: dangerous_none}
              callouts:
                upstream:
                  callouts:
                    targets:
                      - name: tickets
                        url: http://127.0.0.1:{{target}}/open
                        dangerous_allow_http: true
                        allowed_ranges: [127.0.0.0/8]
                        description: Open tickets
                        category: work
                        tags: [a, b]
                oauth: {mode: dangerous_none}
                policy:
                  mode: enforce
                  rules:
                    - name: provider
                      effect: allow
                      source: ["100::/64"]
                      tools: [list_targets, call_target]
              {{routes}}
            tunnels:
              - kind: long_poll
                base_url: https://localhost:{{plane}}
                tunnel_id: {{ControlPlaneDouble.TunnelId}}
                api_key: file:key
                ca_file: plane.pem
                channels: {{channels}}

            """
        );
        return file;
    }
}
