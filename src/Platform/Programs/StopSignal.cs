using System.Runtime.InteropServices;

namespace Culvert.Platform.Programs;

/// <summary>The first signal requests an orderly stop; at the second, the runtime ends the process at once.</summary>
#pragma warning disable CA1001 // Never disposed of, on purpose: see the field.
internal sealed class StopSignal
#pragma warning restore CA1001
{
    // Never disposed of: a signal is delivered on its own thread, possibly after the program has returned.
    private readonly CancellationTokenSource stop = new();

    public CancellationToken Token => stop.Token;

    public bool IsRequested => stop.IsCancellationRequested;

    /// <summary>Waits until standard input ends, then requests an orderly stop.</summary>
    public void WaitForEndOfInput()
    {
        try
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[64];
            while (input.Read(ignored) > 0)
            {
                // Input bytes are ignored.
            }
        }
        catch (IOException)
        {
            // Treated like the end of input.
        }

        stop.Cancel();
    }

    public void Receive(PosixSignalContext context)
    {
        // If the signal is not cancelled here, the runtime ends the process.
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}
