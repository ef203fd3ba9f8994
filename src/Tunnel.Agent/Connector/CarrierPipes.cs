using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Connector;

/// <summary>
/// Copies between a carrier and the pipes of the server inside the agent. The pipes are short: a server that does not
/// read blocks the client, and a client that does not read blocks the upstream.
/// </summary>
internal sealed class CarrierPipes : IDuplexPipe, IAsyncDisposable
{
    private const int SegmentBytes = 16 * 1024; // one TLS record
    private const int PauseBytes = 64 * 1024;

    // The time for a client to read the last bytes and to close its side.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly Carrier carrier;
    private readonly TimeProvider time;
    private readonly Pipe input = new(Options);
    private readonly Pipe output = new(Options);
    private readonly CancellationTokenSource over = new();
    private readonly CancellationTokenSource inputEnded = new();
    private readonly Task receiving;
    private readonly Task sending;
    private readonly Lock gate = new();
    private bool isOver; // guarded by gate: the carrier belongs to its server again
    private volatile bool hasEnded; // the client closed its side normally
    private long lastByte;

    public CarrierPipes(Carrier carrier, TimeProvider time)
    {
        (this.carrier, this.time) = (carrier, time);
        lastByte = time.GetTimestamp();
        InputEnded = inputEnded.Token;
        receiving = ReceiveAsync();
        sending = SendAsync();
    }

    public PipeReader Input => input.Reader;

    public PipeWriter Output => output.Writer;

    /// <summary>Cancelled when the client sends no more bytes, or is gone.</summary>
    public CancellationToken InputEnded { get; }

    public TimeSpan IdleTime => time.GetElapsedTime(Volatile.Read(ref lastByte));

    /// <summary>A client that closed its side normally still gets the answer: TLS detects whether it is complete.</summary>
    public void Abort()
    {
        if (hasEnded)
        {
            _ = CutLateAsync();
        }
        else
        {
            Cut();
        }
    }

    /// <summary>Aborts the connection in both directions; no effect after its end.</summary>
    public void Cut()
    {
        lock (gate)
        {
            if (isOver)
            {
                return;
            }

            carrier.Abort();
        }

        _ = over.CancelAsync();
    }

    /// <summary>Delivers the written bytes, then ends. The user of both pipes must have completed them.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(receiving, sending).WaitAsync(Linger, time);
        }
        catch (TimeoutException)
        {
            Cut();
            await Task.WhenAll(receiving, sending);
        }

        lock (gate)
        {
            isOver = true;
        }

        await over.CancelAsync();
    }

    private static PipeOptions Options =>
        new(
            pauseWriterThreshold: PauseBytes,
            resumeWriterThreshold: PauseBytes / 2,
            minimumSegmentSize: SegmentBytes,
            useSynchronizationContext: false
        );

    private async Task ReceiveAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var error = (Exception?)null;
        try
        {
            await ReceiveUntilEndAsync();
            hasEnded = true;
        }
        catch (Exception e)
        {
            // Whatever error the carrier has, the client is gone: only its connection ends.
            error = new IOException("The connection of the connector broke off.", e);
            Cut();
        }

        await input.Writer.CompleteAsync(error);
        await inputEnded.CancelAsync();
        if (hasEnded && carrier.Violation is not null)
        {
            await DrainAsync();
        }
    }

    private async Task ReceiveUntilEndAsync()
    {
        while (true)
        {
            var count = await carrier.ReceiveAsync(input.Writer.GetMemory(SegmentBytes), over.Token);
            if (count == 0)
            {
                return;
            }

            Volatile.Write(ref lastByte, time.GetTimestamp());
            input.Writer.Advance(count);
            if ((await input.Writer.FlushAsync(over.Token)).IsCompleted)
            {
                break;
            }
        }

        // No reader is left. Further bytes are discarded, so that the client can close normally.
        var dropped = new byte[1024];
        while (await carrier.ReceiveAsync(dropped, over.Token) > 0) { }
    }

    private async Task DrainAsync()
    {
        try
        {
            await carrier.DrainAsync(over.Token);
        }
        catch (Exception)
        {
            // The client does not close normally.
            Cut();
        }
    }

    private async Task CutLateAsync()
    {
        await Task.Delay(Linger, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Cut();
    }

    private async Task SendAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await SendUntilEndAsync();
        }
        catch (Exception)
        {
            // As when receiving: the client is unreachable, or was refused meanwhile.
            if (carrier.Violation is null)
            {
                Cut();
            }
        }

        await output.Reader.CompleteAsync();
    }

    private async Task SendUntilEndAsync()
    {
        while (true)
        {
            var result = await output.Reader.ReadAsync(over.Token);
            foreach (var segment in result.Buffer)
            {
                await carrier.SendAsync(segment, over.Token);
                Volatile.Write(ref lastByte, time.GetTimestamp());
            }

            output.Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                await carrier.EndAsync(over.Token);
                return;
            }
        }
    }
}
