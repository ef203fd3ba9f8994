using System.Buffers;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Reads a body before it may pass, and stores it in the exchange, so that the upstream gets exactly the bytes that the
/// agent checked.
/// </summary>
internal sealed class BodyReader(BodyBudget budget, TimeProvider time)
{
    /// <summary>A body needs no minimum rate for this time after the first wait.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The average rate that a body needs after <see cref="Grace"/>, so that a body that stops does not hold its memory
    /// for longer.
    /// </summary>
    internal const int LeastBytesPerSecond = 4 * 1024;

    /// <summary>
    /// Reads the body unless the exchange holds it already. Returns the reason to refuse the request; null if the whole
    /// body is held.
    /// </summary>
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
    /// Reads until the body is complete, or longer than <paramref name="maxBytes"/>, or <paramref name="wait"/> is
    /// over. With every outcome the exchange holds the bytes that were read, and the rest can still be read.
    /// </summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<BodyOutcome> ReadAsync(Exchange exchange, long maxBytes, TimeSpan wait)
    {
        if (!TryBegin(exchange, out var body))
        {
            return BodyOutcome.Crowded;
        }

        // A12: a slow body must not extend the use of its token beyond the token's expiry.
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
                // Most bodies arrive together with their head and need no timer.
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

                // The bytes leave the reader as they arrive: otherwise they would close the sender's window.
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

    // Continues a body that another reader has begun, under this reader's budget. False: the budget is exhausted, and
    // the exchange is unchanged.
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
