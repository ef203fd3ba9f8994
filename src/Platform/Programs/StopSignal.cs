using System.Runtime.InteropServices;

namespace Culvert.Platform.Programs;

/// <summary>The first signal asks the program to end in order; the second is the runtime's, which ends it at once.</summary>
#pragma warning disable CA1001 // Never disposed of, on purpose: see the field.
internal sealed class StopSignal
#pragma warning restore CA1001
{
    // Never disposed of: it holds nothing, and a signal is delivered on a thread of its own, so it may come in after
    // the program has returned.
    private readonly CancellationTokenSource stop = new();

    public CancellationToken Token => stop.Token;

    public bool IsRequested => stop.IsCancellationRequested;

    /// <summary>Returns when standard input has ended, and has then asked the program to end in order.</summary>
    public void WaitForEndOfInput()
    {
        try
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0)
            {
                // Nothing that is written there means anything.
            }
        }
        catch (IOException)
        {
            // As gone as one that ended.
        }

        stop.Cancel();
    }

    public void Receive(PosixSignalContext context)
    {
        // What is not cancelled, the runtime acts on.
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}
