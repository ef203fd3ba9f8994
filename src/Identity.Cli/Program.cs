using System.Runtime.InteropServices;
using Culvert.Identity.Cli;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.SignIn;
using Culvert.Platform.Programs;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop); // the terminal was closed
return await ProgramEntry.RunAsync(
    "culvert",
    () => CulvertCommand.RunAsync(args, CliHost.ForProcess() with { OpenBrowser = BrowserOpener.Open }, stop.Token)
);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
