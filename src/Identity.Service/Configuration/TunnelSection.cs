using System.Net;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Configuration;

internal static class TunnelSection
{
    public static TunnelOptions Read(ConfigSection tunnels)
    {
        var suffix = tunnels.String("domain_suffix", "tunnel.example.com");
        if (!HostNames.IsDnsName(suffix))
        {
            tunnels.Error(
                "domain_suffix",
                "This is not a DNS name in lower case.",
                "Write a name such as tunnel.example.com."
            );
        }

        return new TunnelOptions
        {
            DomainSuffix = suffix,
            PerOrganization = tunnels.Int("per_organization", 10, 1, 100_000),
            DefaultClientRanges = Texts(tunnels.Ranges("default_client_ranges").Ranges),
            DefaultAgentRanges = Texts(tunnels.Ranges("default_agent_ranges").Ranges),
            EdgesPerTunnel = tunnels.Int("edges_per_tunnel", TunnelOptions.DefaultEdgesPerTunnel, 1, 1_000),
            EdgeHandover = tunnels.Duration(
                "edge_handover",
                TimeSpan.FromMinutes(10),
                TimeSpan.Zero,
                TimeSpan.FromDays(7)
            ),
            Hostnames = Hostnames(tunnels.Section("hostnames")),
        };
    }

    private static HostnameOptions Hostnames(ConfigSection hostnames) =>
        new()
        {
            PublicSuffixFile = hostnames.Path("public_suffix_file", "/usr/share/publicsuffix/public_suffix_list.dat"),
            Resolvers = hostnames.EndPoints("resolvers"),
            NameServerPort = hostnames.Int("name_server_port", 53, 1, 65535),
            PrivateNameServers = hostnames.Ranges("private_name_servers"),
        };

    private static List<string> Texts(IReadOnlyList<IPNetwork> ranges) => [.. ranges.Select(range => range.ToString())];
}
