namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// The clock of one exchange: one timer, set anew at each stage. There is no total limit (P2), only waiting for the
/// answer's head and waiting for the next byte. The client's departure cancels it too.
/// </summary>
internal sealed class ExchangeDeadline : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration clientGone;
    private readonly TimeSpan headers;
    private readonly TimeSpan idle;

    public ExchangeDeadline(UpstreamTimeouts timeouts, TimeProvider time, CancellationToken clientGone)
    {
        headers = timeouts.ResponseHeaders;
        idle = timeouts.StreamIdle;
        source = new CancellationTokenSource(headers, time);
        this.clientGone = clientGone.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
    }

    public CancellationToken Token => source.Token;

    /// <summary>From now on the upstream owes the head of its answer.</summary>
    public void AwaitHeaders() => source.CancelAfter(headers);

    /// <summary>From now on the next byte of a body is due.</summary>
    public void AwaitTransfer() => source.CancelAfter(idle);

    public void Dispose()
    {
        clientGone.Dispose();
        source.Dispose();
    }
}
