using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>Passes a <see cref="Failure"/> through callbacks of the HTTP client. An upstream always catches it.</summary>
internal sealed class UpstreamException(Failure failure, string detail, Exception? inner = null)
    : IOException(detail, inner)
{
    public Failure Failure { get; } = failure;
}
