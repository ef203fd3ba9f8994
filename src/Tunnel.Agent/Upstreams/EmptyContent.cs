using System.Net;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// A body of zero bytes. A request that carries one is never repeated by the HTTP client on another connection, which
/// matters where repeating is not safe (P10); it also carries content headers of requests without a body.
/// </summary>
internal sealed class EmptyContent : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;
}
