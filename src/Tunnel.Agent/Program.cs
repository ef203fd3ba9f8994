using System.CommandLine;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Commands;

return await ProgramEntry.RunAsync(
    "tunnel-agent",
    async () =>
    {
        var parsed = AgentCommand.Create().Parse(args);

        // ProgramHost handles signals: the library's own handler would end the process two seconds into a drain.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        var status = await parsed.InvokeAsync(invocation);
        return parsed.Errors.Count > 0 ? ExitCodes.Usage : status;
    }
);
