using System.CommandLine;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;

// Composition only: which commands there are.
var root = new RootCommand("The identity service: federation, tokens, certificates, tunnels.")
{
    InitCommand.Create(),
    RunCommand.Create(),
    MigrateCommand.Create(),
    ConfigCommand.Create(ConfigLocation.Service, ServiceConfiguration.Read),
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

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    await parsed.InvokeAsync();
    return ExitCodes.Usage;
}

// A node that drains takes longer than the library's two seconds: signals are the run command's business.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await ProgramHost.RunAsync(cancellation => parsed.InvokeAsync(invocation, cancellation));
