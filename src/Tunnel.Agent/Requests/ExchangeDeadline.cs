namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The clock of one exchange: one timer, set again at each stage. There is no limit for the whole exchange (P2), only
/// for the wait for the head of the answer and for the next byte. The exchange also ends when the client is gone.
/// </summary>
internal sealed class ExchangeDeadline : IRevocable, IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration clientGone;
    private readonly CancellationTokenRegistration upstreamOver;
    private readonly TimeSpan headers;
    private readonly TimeSpan idle;
    private readonly TimeProvider time;
    private LiveRequests? live;
    private long endsTicks = DateTimeOffset.MaxValue.UtcTicks;
    private long bodyEndsTicks = DateTimeOffset.MaxValue.UtcTicks;

    /// <param name="timeouts">The timeouts of the upstream.</param>
    /// <param name="time">The clock of the timer.</param>
    /// <param name="clientGone">Ends the exchange: the client is gone.</param>
    /// <param name="upstreamOver">Ends the exchange: the upstream was replaced, and ends running exchanges.</param>
    public ExchangeDeadline(
        UpstreamTimeouts timeouts,
        TimeProvider time,
        CancellationToken clientGone,
        CancellationToken upstreamOver
    )
    {
        headers = timeouts.ResponseHeaders;
        idle = timeouts.StreamIdle;
        this.time = time;
        source = new CancellationTokenSource(headers, time);
        this.clientGone = clientGone.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
        this.upstreamOver = upstreamOver.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
    }

    /// <summary>Whether the token of the request was refused after the request began (S35).</summary>
    public bool IsRevoked { get; private set; }

    public CancellationToken Token => source.Token;

    /// <summary>Ends the exchange when a feed refuses the token of its request.</summary>
    public void Watch(Exchange exchange)
    {
        if (CallerToken.From(exchange) is { } token)
        {
            live = token.Live;
            live.Add(this, token.Value, token.Known);
        }
    }

    /// <summary>Ends the exchange as if its token had expired, streams and calls alike.</summary>
    public void Revoke()
    {
        IsRevoked = true;
        try
        {
            // Its callbacks run on another thread: there may be thousands of streams.
            _ = source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The exchange has just ended.
        }
    }

    /// <summary>Starts the wait for the head of the upstream's answer.</summary>
    public void AwaitHeaders() => source.CancelAfter(Within(headers));

    /// <summary>Starts the wait for the next byte of a body.</summary>
    public void AwaitTransfer() => source.CancelAfter(Within(idle));

    /// <summary>Cancels the exchange at that moment, or earlier (A12).</summary>
    public void EndAt(DateTimeOffset moment)
    {
        Volatile.Write(ref endsTicks, Math.Min(moment.UtcTicks, Volatile.Read(ref endsTicks)));
        AwaitTransfer();
    }

    /// <summary>As <see cref="EndAt"/>, before any byte was sent.</summary>
    public void LimitTo(DateTimeOffset moment)
    {
        Volatile.Write(ref endsTicks, moment.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>Cancels the exchange at that moment if the request's body has not arrived completely (A12).</summary>
    public void LimitBodyTo(DateTimeOffset moment)
    {
        Volatile.Write(ref bodyEndsTicks, moment.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>Ends the limit of <see cref="LimitBodyTo"/>, and starts the wait for the head of the answer.</summary>
    public void BodyHasCome()
    {
        Volatile.Write(ref bodyEndsTicks, DateTimeOffset.MaxValue.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>Whether the moment of <see cref="LimitBodyTo"/> came before the body did.</summary>
    public bool IsBodyPastEnd =>
        IsRevoked || IsPast(new DateTimeOffset(Volatile.Read(ref bodyEndsTicks), TimeSpan.Zero));

    /// <summary>Whether the moment of <see cref="EndAt"/> has come.</summary>
    public bool IsPastEnd => IsRevoked || IsPast(new DateTimeOffset(Volatile.Read(ref endsTicks), TimeSpan.Zero));

    /// <summary>Whether the moment has come. A timer runs by another clock, and may fire a little earlier.</summary>
    public bool IsPast(DateTimeOffset moment) => time.GetUtcNow() >= moment - Early;

    // The request and the answer set the timer concurrently, and both must respect the end.
    private TimeSpan Within(TimeSpan wait)
    {
        var ends = Math.Min(Volatile.Read(ref endsTicks), Volatile.Read(ref bodyEndsTicks));
        var left = ends - time.GetUtcNow().UtcTicks;
        return left >= wait.Ticks ? wait
            : left > 0 ? TimeSpan.FromTicks(left)
            : TimeSpan.Zero;
    }

    public void Dispose()
    {
        live?.Remove(this);
        clientGone.Dispose();
        upstreamOver.Dispose();
        source.Dispose();
    }
}
