using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>A server whose tools list and call targets. Every call is logged with its caller, target and outcome.</summary>
internal sealed class CalloutUpstream(
    CalloutSettings settings,
    AgentMetrics metrics,
    TimeProvider time,
    ILogger logger,
    IHostResolver? resolver = null
) : AgentServer("culvert-callouts", settings.Path, settings.MaxCalls, metrics, time, logger)
{
    private readonly CalloutClient client = new(settings, time, resolver);

    public override CalloutSettings Settings => settings;

    // Base64 and JSON escapes lengthen a body.
    protected override long MaxMessageBytes => 64 * 1024 + 6L * settings.Targets.Max(t => t.MaxRequestBytes);

    /// <summary>The server runs as long as the agent does. The health of its targets is not probed.</summary>
    public override Task<ProbeState> ProbeAsync(Route route, CancellationToken cancellationToken) =>
        Task.FromResult(new ProbeState(true, "") { KeepsSessions = false });

    protected override ValueTask EndAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override ReadOnlyMemory<byte> GetDefinitions(Exchange exchange) => FindSurface(exchange).Definitions;

    protected override async ValueTask<ReadOnlyMemory<byte>?> CallAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        bool isModern,
        CancellationToken cancellationToken
    )
    {
        var surface = FindSurface(exchange);
        return message.Name switch
        {
            CalloutTools.List => ListTargets(message, isModern, surface),
            CalloutTools.Call => CalloutAnswers.Called(
                message,
                isModern,
                surface,
                await CallAsync(exchange, route, message, surface, cancellationToken),
                client.Targets
            ),
            CalloutTools.Audience when surface.HasAudience => GetAudience(exchange, route, message, isModern),
            _ => (ReadOnlyMemory<byte>?)null,
        };
    }

    private static CalloutSurface FindSurface(Exchange exchange) => CalloutSurface.Find(exchange.Connection.Channel);

    private ReadOnlyMemory<byte> ListTargets(McpMessage message, bool isModern, CalloutSurface surface) =>
        surface.Select(message, client.Targets) is { } targets
            ? CalloutAnswers.Targets(message, isModern, surface, targets)
            : CalloutAnswers.Refused(message, isModern, CalloutRefusal.Arguments);

    private async Task<CalloutResult> CallAsync(
        Exchange exchange,
        Route route,
        McpMessage message,
        CalloutSurface surface,
        CancellationToken cancellationToken
    )
    {
        var began = Time.GetTimestamp();
        var request = surface.ReadRequest(message);
        var result =
            request is null ? CalloutResult.Refused(CalloutRefusal.Arguments)
            : surface.Allows(request.Method) ? await client.CallAsync(request, cancellationToken)
            : CalloutResult.Refused(CalloutRefusal.Method);
        WriteLog(exchange, route, request?.Name, result.Refusal?.Code ?? "answered", result, began);
        return result;
    }

    private ReadOnlyMemory<byte> GetAudience(Exchange exchange, Route route, McpMessage message, bool isModern)
    {
        var began = Time.GetTimestamp();
        var name = CalloutSurface.ReadTarget(message);
        var target = name is null ? null : client.Targets.Find(name);
        var refusal =
            name is null ? CalloutRefusal.Arguments
            : target is null ? CalloutRefusal.TargetUnknown
            : !target.IsTokenEndpoint ? CalloutRefusal.Audience
            : null;
        WriteLog(exchange, route, name, refusal?.Code ?? "audience", CalloutResult.None, began);
        return refusal is null
            ? CalloutAnswers.Audience(message, isModern, target!.Url)
            : CalloutAnswers.Refused(message, isModern, refusal);
    }

    // A name that does not belong to a target is arbitrary text of the caller, so it is not logged.
    private void WriteLog(
        Exchange exchange,
        Route route,
        string? name,
        string outcome,
        CalloutResult result,
        long began
    ) =>
        Log.CalloutMade(
            Logger,
            route.Name,
            exchange.Principal?.Issuer ?? "",
            exchange.Principal?.Subject ?? "",
            name is not null && client.Targets.Find(name) is not null ? name : "unknown",
            outcome,
            result.Status,
            result.Body.Length,
            result.Redirects,
            (long)Time.GetElapsedTime(began).TotalMilliseconds
        );
}
