using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Hosting;

var version = new Command("version", "Print the version.");
version.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(ProductVersion.Text));

var root = new RootCommand("Culvert's tunnel agent: brings calls from the edges to servers inside.")
{
    ConfigCommand.ConfigOption,
    ConfigCommand.ProfileOption,
    ConfigCommand.SetOption,
    InitCommand.Create(),
    RunCommand.Create(),
    HealthCommand.Create(),
    DoctorCommand.Create(),
    TokenCommand.Create(),
    RoutesCommand.Create(),
    ProfilesCommand.Create(),
    CertsCommand.Create(),
    AuditCommand.Create(),
    ConfigCommand.Create(ConfigLocation.Agent, AgentConfiguration.Read),
    version,
};
var parsed = root.Parse(args);

// Signals are ProgramHost's business: the library's own handler would end the process two seconds into a drain.
var status = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : status;
