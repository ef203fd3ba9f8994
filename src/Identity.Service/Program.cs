using System.CommandLine;
using Culvert.Identity.Service.Commands;
using Culvert.Platform.Programs;

var parsed = ServiceCommand.Create().Parse(args);
if (parsed.Errors.Count > 0)
{
    await parsed.InvokeAsync();
    return ExitCodes.Usage;
}

// A node that drains takes longer than the library's two seconds: signals are the run command's business.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
return await ProgramHost.RunAsync(cancellation => parsed.InvokeAsync(invocation, cancellation));
