using System.Buffers;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Reads a body before it may pass, and keeps it with the exchange, so that the upstream gets the very bytes that were
/// judged.
/// </summary>
internal sealed class BodyReader(BodyBudget budget, TimeProvider time)
{
    /// <summary>Within this time after the first wait a body need not have any rate.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After <see cref="Grace"/> a body must have come at this rate on average: a body that stops does not hold its memory
    /// for longer.
    /// </summary>
    internal const int LeastBytesPerSecond = 4 * 1024;

    /// <summary>Reads the body unless it is held already. Null: it is held whole. Else why the request is refused.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<Failure?> HoldAsync(
        Exchange exchange,
        long maxBytes,
        TimeSpan wait,
        Failure tooLarge,
        Failure incomplete
    )
    {
        if (exchange.HeldBody is { IsComplete: true } held)
        {
            return held.Bytes.Length <= maxBytes ? null : tooLarge;
        }

        if (exchange.Request.Headers.ContentLength > maxBytes)
        {
            return tooLarge;
        }

        return await ReadAsync(exchange, maxBytes, wait) switch
        {
            BodyOutcome.Complete => null,
            BodyOutcome.TooLarge => tooLarge,
            BodyOutcome.Crowded => McpFailures.BodiesCrowded,
            _ => incomplete,
        };
    }

    /// <summary>
    /// Reads until the body is complete, or longer than <paramref name="maxBytes"/>, or <paramref name="wait"/> is over.
    /// Whatever the outcome: what was read is held, and the rest can still be read.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<BodyOutcome> ReadAsync(Exchange exchange, long maxBytes, TimeSpan wait)
    {
        if (!TryBegin(exchange, out var body))
        {
            return BodyOutcome.Crowded;
        }

        // A12: a body that comes slowly enough must not carry its token past the end.
        if (exchange.Principal is { } principal && principal.EndsAt - time.GetUtcNow() is var left && left < wait)
        {
            wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        var reader = exchange.RequestBody.Reader;
        BodyWait? waiting = null;
        try
        {
            while (body.Bytes.Length <= maxBytes)
            {
                // Most bodies are there with their head: these need no timer.
                if (!reader.TryRead(out var read))
                {
                    waiting ??= new BodyWait(reader, time);
                    var allowed = GetAllowedTime(body.Bytes.Length);
                    if (await waiting.ReadAsync(allowed < wait ? allowed : wait, exchange.ClientGone) is not { } next)
                    {
                        return BodyOutcome.Incomplete;
                    }

                    read = next;
                }

                if (!body.TryAppend(read.Buffer))
                {
                    reader.AdvanceTo(read.Buffer.Start);
                    return BodyOutcome.Crowded;
                }

                // Taken out as it comes: left in place, it would close the sender's window.
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted && body.Bytes.Length <= maxBytes)
                {
                    return body.TryComplete() ? BodyOutcome.Complete : BodyOutcome.Crowded;
                }

                if (read.IsCanceled)
                {
                    return BodyOutcome.Incomplete;
                }
            }

            return BodyOutcome.TooLarge;
        }
        catch (Exception e)
            when (e is BadHttpRequestException or IOException or OperationCanceledException
                && !exchange.ClientGone.IsCancellationRequested
            )
        {
            return BodyOutcome.Incomplete;
        }
        finally
        {
            waiting?.Dispose();
        }
    }

    private static TimeSpan GetAllowedTime(int arrived) =>
        Grace + TimeSpan.FromSeconds((double)arrived / LeastBytesPerSecond);

    // Continues what another reader has begun, under this reader's budget. False: the budget is exhausted, and nothing
    // has changed.
    private bool TryBegin(Exchange exchange, out HeldBody body)
    {
        body = new HeldBody(budget, ClientKey.FromPerson(exchange));
        if (exchange.HeldBody is { } begun)
        {
            if (!body.TryAppend(new ReadOnlySequence<byte>(begun.Bytes)))
            {
                return false;
            }

            begun.Dispose();
        }

        exchange.HeldBody = body;
        return true;
    }
}
