using System.Net;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// A body of zero bytes. The HTTP client never retries a request with one on another connection, which matters where a
/// retry is not safe (P10). It also carries the content headers of requests without a body.
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
