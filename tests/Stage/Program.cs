using System.Runtime.InteropServices;
using Culvert.Stage;
using Culvert.Stage.Commands;

using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}

using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

return await new StageProgram(Checkout.Find(), Console.Out, Console.Error, TimeProvider.System).RunAsync(
    args,
    interrupted.Token
);
