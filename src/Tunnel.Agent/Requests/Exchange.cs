using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Culvert.Tunnel.Agent.Mcp;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// One request and its answer, as features of the server. Each connection reuses its exchange, so the exchange holds
/// nothing of a request after the request has ended.
/// </summary>
/// <param name="bodies">The reader of bodies that are held.</param>
internal sealed class Exchange(BodyReader bodies)
{
    private IFeatureCollection? features;
    private SseKeepAlive? keepAlive;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public IHttpResponseBodyFeature ResponseBody { get; private set; } = null!;

    public ITunnelConnection Connection { get; private set; } = null!;

    /// <summary>
    /// Path and query, byte for byte; null if the request names no resource of an upstream (<see cref="RequestTarget"/>).
    /// </summary>
    public string? Target { get; private set; }

    /// <summary>The caller; null if the route does not authenticate callers.</summary>
    public Principal? Principal { get; set; }

    /// <summary>
    /// The URL of the resource's metadata, for a later challenge; null without <see cref="Principal"/>.
    /// </summary>
    public string? MetadataUrl { get; set; }

    /// <summary>
    /// The verified token of <see cref="Principal"/>: for a token exchange, never for the upstream (A16).
    /// </summary>
    public string? ClientToken { get; set; }

    /// <summary>Where the request is registered while it runs; null without <see cref="ClientToken"/>.</summary>
    public LiveRequests? Live { get; set; }

    /// <summary>The state of revocations before the token was verified.</summary>
    public IRefusedTokens? KnownRevocations { get; set; }

    /// <summary>The composed tool that makes this call, or that this call is of; null for all other calls.</summary>
    public Composition? Composition { get; set; }

    /// <summary>Whether the agent makes the call for a composed tool, whose caller it has authenticated.</summary>
    public bool IsOfMember => Composition is { Route.Length: > 0 };

    /// <summary>Reads the request's body before it may pass. All exchanges have the same reader, with one budget.</summary>
    public BodyReader Bodies => bodies;

    /// <summary>The request's body, if it had to be read before it may pass; null = no byte of it was read.</summary>
    public HeldBody? HeldBody { get; set; }

    /// <summary>The held body as a message; null if the body is not, or not completely, held.</summary>
    public McpMessage? Message => HeldBody is { IsComplete: true } held ? held.Message : null;

    /// <summary>The id of the request's message, as it was written; empty if no stage has read one.</summary>
    public ReadOnlyMemory<byte> MessageId { get; set; }

    /// <summary>When a limit of the route's policy ends the call; null = never.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>Whether a rule limits the size of the answer, or the number of concurrent calls.</summary>
    public bool IsBounded { get; set; }

    /// <summary>Refunds what the call was charged; null if it was charged nothing.</summary>
    public Action? Refund { get; set; }

    /// <summary>Why the route's policy does not let the answer continue; null while it may.</summary>
    public Failure? AnswerFailure { get; set; }

    /// <summary>Set by <see cref="TryStop"/>; otherwise null.</summary>
    public AnswerStop? Stop { get; private set; }

    /// <summary>What the policy stage knows of the request. No other code uses it.</summary>
    public object? PolicyState { get; set; }

    /// <summary>
    /// The body for answers that the agent makes itself: they bypass the filter of <see cref="FilterAnswer"/>.
    /// </summary>
    public IHttpResponseBodyFeature UnfilteredBody { get; private set; } = null!;

    /// <summary>The credential of the request to the upstream; null for none.</summary>
    public CredentialUse? Credential { get; set; }

    /// <summary>This call's span of a trace; null without tracing.</summary>
    public Activity? Span { get; set; }

    /// <summary>True once the answer was cut off.</summary>
    public bool IsCut { get; private set; }

    /// <summary>True if the answer was cut off because the upstream's answer was.</summary>
    public bool IsBrokenOff { get; private set; }

    /// <summary>The id of the connection in logs.</summary>
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
        Target = RequestTarget.TryGetOriginForm(Request.RawTarget, out var target) ? target : null;
    }

    public void End()
    {
        IsCut = IsBrokenOff = false;
        features = null;
        Span = null;
        Principal = null;
        MetadataUrl = null;
        ClientToken = null;
        Live = null;
        KnownRevocations = null;
        Composition = null;
        MessageId = default;
        EndsAt = null;
        IsBounded = false;
        Refund = null;
        AnswerFailure = null;
        Stop = null;
        PolicyState = null;
        Credential = null;
        ReleaseBody();
        Request = null!;
        Response = null!;
        ResponseBody = UnfilteredBody = null!;
        Connection = null!;
        Target = null;
    }

    /// <summary>The keep-alive for an answer that is a stream of events.</summary>
    public SseKeepAlive KeepAlive(TimeProvider time) => keepAlive ??= new SseKeepAlive(time);

    /// <summary>From now on the answer of the upstream passes through this filter.</summary>
    public void FilterAnswer(IHttpResponseBodyFeature filter) => ResponseBody = filter;

    /// <summary>Releases the memory of the held body, if there is one.</summary>
    public void ReleaseBody()
    {
        HeldBody?.Dispose();
        HeldBody = null;
    }

    public IRequestBodyPipeFeature RequestBody => Require<IRequestBodyPipeFeature>();

    /// <summary>
    /// Ends an answer that the route's policy ended, so that the policy stage can send the client the reason. False: the
    /// policy did not end it, or the client is gone, and the caller ends the answer itself.
    /// </summary>
    public bool TryStop(ExchangeDeadline deadline, AnswerStop stop)
    {
        if (EndsAt is { } end && deadline.IsPast(end))
        {
            AnswerFailure ??= PolicyFailures.TimedOut;
        }

        if (AnswerFailure is null || ClientGone.IsCancellationRequested)
        {
            return false;
        }

        Stop = stop;
        return true;
    }

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

        // On HTTP/2 an abort ends this stream alone, and the connection remains open.
        if (IsHttp1)
        {
            Connection.DeliverBeforeAbort();
        }

        Abort();
    }

    /// <summary>
    /// Cuts the answer off so that the client sees it as incomplete, never as a shorter complete one.
    /// </summary>
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

/// <summary>How the answer ends if the client cannot be sent the reason.</summary>
/// <param name="IsBrokenOff">Whether the answer is broken off where the upstream left it; otherwise it is aborted.</param>
/// <param name="Detail">For the log; empty if nothing is logged.</param>
internal sealed record AnswerStop(bool IsBrokenOff, string Detail = "");
