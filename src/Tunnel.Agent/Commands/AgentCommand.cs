using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

internal static class AgentCommand
{
    public static RootCommand Create()
    {
        var version = new Command("version", "Print the version.");
        version.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(ProductVersion.Text));
        return new RootCommand("Culvert's tunnel agent: brings calls from the edges to servers inside.")
        {
            ConfigCommand.ConfigOption,
            ConfigCommand.ProfileOption,
            ConfigCommand.SetOption,
            InitCommand.Create(),
            ImportCommand.CreateTunnelClient(),
            ImportCommand.CreateProxyConfig(),
            RunCommand.Create(),
            HealthCommand.Create(),
            DoctorCommand.Create(),
            TokenCommand.Create(),
            RoutesCommand.Create(),
            ProfilesCommand.Create(),
            PolicyCommand.Create(),
            CertsCommand.Create(),
            AuditCommand.Create(),
            PinsCommand.Create(),
            ComposeCommand.Create(),
            ConfigCommand.Create(ConfigLocation.Agent, AgentConfiguration.Read, RunCommand.DescribeKeys),
            version,
        };
    }
}
