using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// One request and its answer, as features of the server. Kept and reused per connection, so it holds nothing of a
/// request once that has ended.
/// </summary>
internal sealed class Exchange
{
    private IFeatureCollection? features;
    private SseKeepAlive? keepAlive;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public IHttpResponseBodyFeature ResponseBody { get; private set; } = null!;

    public ITunnelConnection Connection { get; private set; } = null!;

    /// <summary>Who calls; null where the agent does not ask.</summary>
    public Principal? Principal { get; set; }

    /// <summary>Where the metadata of what <see cref="Principal"/> calls lies, for a challenge that becomes due later; null with it.</summary>
    public string? MetadataUrl { get; set; }

    /// <summary>The verified token of <see cref="Principal"/>: for a token exchange, never for the upstream (A16).</summary>
    public string? ClientToken { get; set; }

    /// <summary>The request's body, where it had to be read before it may pass; null = it is still to come.</summary>
    public HeldBody? HeldBody { get; set; }

    /// <summary>What the route's policy makes of it; null where there is none or nothing to judge.</summary>
    public ExchangeCall? Call { get; set; }

    /// <summary>Answers that the agent makes itself go here, past what <see cref="FilterAnswer"/> put in between.</summary>
    public IHttpResponseBodyFeature UnfilteredBody { get; private set; } = null!;

    /// <summary>This call's part of a trace; null where nothing is traced.</summary>
    public Activity? Span { get; set; }

    /// <summary>True once the answer was cut off.</summary>
    public bool IsCut { get; private set; }

    /// <summary>True if it was cut off because the upstream's was.</summary>
    public bool IsBrokenOff { get; private set; }

    /// <summary>The server's own id of the connection; names it in logs.</summary>
    public string ConnectionId => features!.Get<IHttpConnectionFeature>()?.ConnectionId ?? "";

    /// <summary>Fires when the client is gone: reset, half-closed, or its HTTP/2 stream cancelled.</summary>
    public CancellationToken ClientGone => Require<IHttpRequestLifetimeFeature>().RequestAborted;

    public bool HasBody => features!.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;

    public IHttpResponseTrailersFeature? Trailers => features!.Get<IHttpResponseTrailersFeature>();

    public void Begin(IFeatureCollection requestFeatures)
    {
        features = requestFeatures;
        Request = Require<IHttpRequestFeature>();
        Response = Require<IHttpResponseFeature>();
        ResponseBody = UnfilteredBody = Require<IHttpResponseBodyFeature>();
        Connection = Require<ITunnelConnection>();
    }

    public void End()
    {
        Call?.End(this);
        Call = null;
        IsCut = IsBrokenOff = false;
        features = null;
        Span = null;
        Principal = null;
        MetadataUrl = null;
        ClientToken = null;
        ReleaseBody();
        Request = null!;
        Response = null!;
        ResponseBody = UnfilteredBody = null!;
        Connection = null!;
    }

    /// <summary>For a stream of events that this exchange answers with.</summary>
    public SseKeepAlive KeepAlive(TimeProvider time) => keepAlive ??= new SseKeepAlive(time);

    /// <summary>From now on what an upstream answers passes through this, whatever kind of upstream it is.</summary>
    public void FilterAnswer(IHttpResponseBodyFeature filter) => ResponseBody = filter;

    /// <summary>The held body is needed no more; without one, nothing happens.</summary>
    public void ReleaseBody()
    {
        HeldBody?.Dispose();
        HeldBody = null;
    }

    public IRequestBodyPipeFeature RequestBody => Require<IRequestBodyPipeFeature>();

    /// <summary>Makes this answer the connection's last one (W13).</summary>
    public void MarkLast()
    {
        if (IsHttp1)
        {
            Response.Headers.Connection = "close";
        }
        else
        {
            Connection.RequestClose();
        }
    }

    /// <summary>Cuts the answer off where the upstream left it.</summary>
    public void BreakOff()
    {
        IsBrokenOff = true;

        // On HTTP/2 an abort concerns this stream alone; the connection lives on.
        if (IsHttp1)
        {
            Connection.DeliverBeforeAbort();
        }

        Abort();
    }

    /// <summary>Cuts the answer off so that the client sees it as incomplete, never as a shorter complete one.</summary>
    public void Abort()
    {
        IsCut = true;
        Require<IHttpRequestLifetimeFeature>().Abort();
    }

    private bool IsHttp1 => HttpProtocol.IsHttp11(Request.Protocol) || HttpProtocol.IsHttp10(Request.Protocol);

    [return: NotNull]
    private T Require<T>()
        where T : class =>
        features!.Get<T>() ?? throw new InvalidOperationException($"The server lacks {typeof(T).Name}.");
}
