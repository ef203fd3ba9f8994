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
    /// Reads the body unless the exchange holds it already. The first stage that needs the message calls it, so that no
    /// caller makes the agent hold a body before it is allowed to call. Returns the reason to refuse the request; null if
    /// the whole body is held. In either case the exchange holds the bytes that were read, and the rest can still be read.
    /// </summary>
    /// <param name="wait">The time for the whole body.</param>
    /// <param name="incomplete">For a body that stops half-way, whose framing is broken, or that takes too long.</param>
    /// <param name="isOptional">See <see cref="HeldBody.IsOptional"/>.</param>
    /// <param name="isChecked">False: its bytes are used and not its values, for which no memory is reserved.</param>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask<Failure?> HoldAsync(
        Exchange exchange,
        long maxBytes,
        TimeSpan wait,
        Failure? tooLarge = null,
        Failure? incomplete = null,
        bool isOptional = false,
        bool isChecked = true
    )
    {
        tooLarge ??= RequestFailures.RequestTooLarge;
        incomplete ??= McpFailures.MessageUnreadable;
        if (exchange.HeldBody is { IsComplete: true } held)
        {
            return held.Bytes.Length <= maxBytes ? null : tooLarge;
        }

        if (exchange.Request.Headers.ContentLength > maxBytes)
        {
            return tooLarge;
        }

        // It may have been begun, for a purpose that did not need all of it.
        var body = exchange.HeldBody ??= new HeldBody(budget, ClientKey.FromPerson(exchange));
        body.IsOptional = isOptional;

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
                        return incomplete;
                    }

                    read = next;
                }

                if (!body.TryAppend(read.Buffer))
                {
                    reader.AdvanceTo(read.Buffer.Start);
                    return McpFailures.BodiesCrowded;
                }

                // The bytes leave the reader as they arrive: otherwise they would close the sender's window.
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted && body.Bytes.Length <= maxBytes)
                {
                    return body.TryComplete(isChecked) ? null : McpFailures.BodiesCrowded;
                }

                if (read.IsCanceled)
                {
                    return incomplete;
                }
            }

            return tooLarge;
        }
        catch (Exception e)
            when (e is BadHttpRequestException or IOException or OperationCanceledException
                && !exchange.ClientGone.IsCancellationRequested
            )
        {
            return incomplete;
        }
        finally
        {
            waiting?.Dispose();
        }
    }

    private static TimeSpan GetAllowedTime(int arrived) =>
        Grace + TimeSpan.FromSeconds((double)arrived / LeastBytesPerSecond);
}
