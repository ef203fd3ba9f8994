namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The clock of one exchange: one timer, set again at each stage. There is no total limit (P2), only waiting for the
/// answer's head and waiting for the next byte. The client's departure cancels it too.
/// </summary>
internal sealed class ExchangeDeadline : IDisposable
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration clientGone;
    private readonly CancellationTokenRegistration upstreamOver;
    private readonly TimeSpan headers;
    private readonly TimeSpan idle;
    private readonly TimeProvider time;
    private long endsTicks = DateTimeOffset.MaxValue.UtcTicks;
    private long bodyEndsTicks = DateTimeOffset.MaxValue.UtcTicks;

    /// <param name="timeouts">Of the upstream.</param>
    /// <param name="time">The clock.</param>
    /// <param name="clientGone">Ends the exchange.</param>
    /// <param name="upstreamOver">Ends it too: the upstream was replaced, and waits no longer for those that it still serves.</param>
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

    public CancellationToken Token => source.Token;

    /// <summary>From now on the upstream owes the head of its answer.</summary>
    public void AwaitHeaders() => source.CancelAfter(Within(headers));

    /// <summary>From now on the next byte of a body is due.</summary>
    public void AwaitTransfer() => source.CancelAfter(Within(idle));

    /// <summary>Cancels the exchange at that moment, or earlier (A12).</summary>
    public void EndAt(DateTimeOffset moment)
    {
        Volatile.Write(ref endsTicks, Math.Min(moment.UtcTicks, Volatile.Read(ref endsTicks)));
        AwaitTransfer();
    }

    /// <summary>As <see cref="EndAt"/>, before anything was sent.</summary>
    public void LimitTo(DateTimeOffset moment)
    {
        Volatile.Write(ref endsTicks, moment.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>The request's body must have come by then (A12); once it has, the moment means nothing any more.</summary>
    public void LimitBodyTo(DateTimeOffset moment)
    {
        Volatile.Write(ref bodyEndsTicks, moment.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>All of the request's body has come: the upstream owes the head of its answer.</summary>
    public void BodyHasCome()
    {
        Volatile.Write(ref bodyEndsTicks, DateTimeOffset.MaxValue.UtcTicks);
        AwaitHeaders();
    }

    /// <summary>Whether the moment of <see cref="LimitBodyTo"/> came before the body did.</summary>
    public bool IsBodyPastEnd => IsPast(new DateTimeOffset(Volatile.Read(ref bodyEndsTicks), TimeSpan.Zero));

    /// <summary>Whether the moment of <see cref="EndAt"/> has come.</summary>
    public bool IsPastEnd => IsPast(new DateTimeOffset(Volatile.Read(ref endsTicks), TimeSpan.Zero));

    /// <summary>Whether that moment has come, for a timer that was set to it: it runs by another clock and may be early.</summary>
    public bool IsPast(DateTimeOffset moment) => time.GetUtcNow() >= moment - Early;

    // Request and answer set the clock at the same time; both must respect the end.
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
        clientGone.Dispose();
        upstreamOver.Dispose();
        source.Dispose();
    }
}
