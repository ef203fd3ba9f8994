using System.CommandLine;
using Culvert.Identity.Service.Configuration;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Service.Commands;

/// <summary>The commands of <c>identity-service</c>.</summary>
internal static class ServiceCommand
{
    public static RootCommand Create()
    {
        var root = new RootCommand("The identity service: federation, tokens, certificates, tunnels.")
        {
            InitCommand.Create(),
            RunCommand.Create(),
            MigrateCommand.Create(),
            ConfigCommand.Create(ConfigLocation.Service, ServiceConfiguration.Read, RunCommand.DescribeKeys),
            SealCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            AdminKeyCommand.Create(),
            DoctorCommand.Create(),
            VersionCommand.Create(),
        };
        root.Options.Add(ConfigCommand.ConfigOption);
        root.Options.Add(ConfigCommand.ProfileOption);
        root.Options.Add(ConfigCommand.SetOption);
        return root;
    }
}
