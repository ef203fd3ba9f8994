using System.CommandLine;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Commands;

var parsed = AgentCommand.Create().Parse(args);

// Signals are ProgramHost's business: the library's own handler would end the process two seconds into a drain.
var status = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? ExitCodes.Usage : status;
