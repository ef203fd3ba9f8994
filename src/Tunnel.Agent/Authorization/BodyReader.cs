using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Reads a body before it may pass, and keeps it with the exchange, so that the upstream gets the very bytes that were
/// judged.
/// </summary>
internal sealed class BodyReader(BodyBudget budget, TimeProvider time)
{
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
        if (exchange.HeldBody is { } held)
        {
            return held.IsComplete && held.Bytes.Length <= maxBytes ? null : tooLarge;
        }

        if (exchange.Request.Headers.ContentLength > maxBytes)
        {
            return tooLarge;
        }

        return await ReadAsync(exchange, maxBytes, wait) switch
        {
            BodyOutcome.Complete => null,
            BodyOutcome.TooLarge => tooLarge,
            BodyOutcome.Crowded => Failures.BodiesCrowded,
            _ => incomplete,
        };
    }

    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<BodyOutcome> ReadAsync(Exchange exchange, long maxBytes, TimeSpan wait)
    {
        // A12: a body that comes slowly enough must not carry its token past the end.
        if (exchange.Principal is { } principal && principal.EndsAt - time.GetUtcNow() is var left && left < wait)
        {
            wait = left;
        }

        using var limit = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, exchange.ClientGone);
        try
        {
            return await ReadAsync(exchange, maxBytes, both.Token);
        }
        catch (Exception e)
            when (e is BadHttpRequestException or IOException or OperationCanceledException
                && !exchange.ClientGone.IsCancellationRequested
            )
        {
            return BodyOutcome.Incomplete;
        }
    }

    private async ValueTask<BodyOutcome> ReadAsync(
        Exchange exchange,
        long maxBytes,
        CancellationToken cancellationToken
    )
    {
        // Taken out as it comes: left in place, it would close the sender's window.
        var body = exchange.HeldBody = new HeldBody(budget);
        var reader = exchange.RequestBody.Reader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (!body.TryAppend(read.Buffer))
            {
                reader.AdvanceTo(read.Buffer.Start);
                return BodyOutcome.Crowded;
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.Bytes.Length > maxBytes)
            {
                return BodyOutcome.TooLarge;
            }

            if (read.IsCanceled)
            {
                return BodyOutcome.Incomplete;
            }

            if (read.IsCompleted)
            {
                body.IsComplete = true;
                return BodyOutcome.Complete;
            }
        }
    }
}
