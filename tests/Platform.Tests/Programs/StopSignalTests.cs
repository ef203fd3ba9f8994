using System.Runtime.InteropServices;
using Culvert.Platform.Programs;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Programs;

public sealed class StopSignalTests
{
    [Fact]
    public void Receive_First_CancelsTheProgramAndKeepsTheProcess()
    {
        var stop = new StopSignal();

        Send(stop).Cancel.ShouldBeTrue();

        stop.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Receive_Second_IsLeftToTheRuntime()
    {
        var stop = new StopSignal();
        Send(stop);

        Send(stop).Cancel.ShouldBeFalse();
    }

    // A second SIGTERM that came in while the program returned ended it with an ObjectDisposedException.
    [Fact]
    public async Task RunAsync_SignalAfterItReturned_IsHarmless()
    {
        CancellationToken kept = default;
        await ProgramHost.RunAsync(token =>
        {
            kept = token;
            return Task.FromResult(0);
        });

        Should.NotThrow(() => kept.WaitHandle);
    }

    private static PosixSignalContext Send(StopSignal stop)
    {
        var context = new PosixSignalContext(PosixSignal.SIGTERM);
        stop.Receive(context);
        return context;
    }
}
