using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Carries a <see cref="Failure"/> out of the HTTP client's connect callback and request content, whose signatures
/// leave no other way. Never leaves an upstream.
/// </summary>
internal sealed class UpstreamException(Failure failure, string detail, Exception? inner = null)
    : IOException(detail, inner)
{
    public Failure Failure { get; } = failure;
}
