using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>A step of a request's path: it checks the request before the upstream, and completes it afterwards.</summary>
internal interface IStage
{
    /// <summary>True if the request may pass; false if it has been answered.</summary>
    ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served);

    /// <summary>
    /// Called when the request has been answered, after the later stages, for each stage that was asked to admit it. If
    /// completing a request fails, it is called again as interrupted; after success it has no further effect.
    /// </summary>
    ValueTask CompleteAsync(Exchange exchange, ServedRoute served, StageOutcome outcome) => ValueTask.CompletedTask;
}

/// <summary>How the path of a request ended.</summary>
internal enum StageOutcome
{
    /// <summary>The agent answered it before the upstream.</summary>
    Refused,

    /// <summary>The upstream served it: with an answer, a refusal, or an answer that ends early.</summary>
    Served,

    /// <summary>An error of the agent, or the client is gone.</summary>
    Interrupted,
}
