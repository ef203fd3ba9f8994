using System.CommandLine;
using Culvert.Identity.Service.Commands;
using Culvert.Platform.Programs;

return await ProgramEntry.RunAsync(
    "identity-service",
    async () =>
    {
        // The run command handles signals: a draining node takes longer than the library's two seconds.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        var parsed = ServiceCommand.Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await parsed.InvokeAsync(invocation);
            return ExitCodes.Usage;
        }

        return await ProgramHost.RunAsync(cancellation => parsed.InvokeAsync(invocation, cancellation));
    }
);
