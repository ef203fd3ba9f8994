using System.IO.Pipelines;
using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>A client's request body, passed on as it arrives, and flushed when no more bytes are ready.</summary>
/// <param name="length">Null if the body is chunked or HTTP/2 without a length.</param>
/// <param name="maxBytes">The limit of a body without a length; null for none.</param>
/// <param name="begun">The bytes that were read already.</param>
internal sealed class RequestContent(
    PipeReader reader,
    long? length,
    long? maxBytes,
    ExchangeDeadline deadline,
    ReadOnlyMemory<byte> begun = default
) : HttpContent
{
    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length.HasValue;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await CopyAsync(stream, cancellationToken);
        }
        catch (BadHttpRequestException e)
        {
            // The client's own error, such as an invalid chunk. The upstream did not cause it.
            throw new UpstreamException(RequestFailures.BodyMalformed, e.Message);
        }
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        long total = begun.Length;
        if (!begun.IsEmpty)
        {
            await stream.WriteAsync(begun, cancellationToken);
        }

        var unflushed = true; // the head of the request
        while (true)
        {
            if (!reader.TryRead(out var read))
            {
                if (unflushed)
                {
                    await stream.FlushAsync(cancellationToken);
                    unflushed = false;
                }

                deadline.AwaitTransfer();
                read = await reader.ReadAsync(cancellationToken);
            }

            total += read.Buffer.Length;
            if (total > maxBytes)
            {
                throw new UpstreamException(
                    RequestFailures.RequestTooLarge,
                    "The body without a length exceeded the limit."
                );
            }

            foreach (var segment in read.Buffer)
            {
                await stream.WriteAsync(segment, cancellationToken);
                unflushed = true;
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCanceled)
            {
                throw new OperationCanceledException("The client closed the connection before the end of its body.");
            }

            if (read.IsCompleted)
            {
                deadline.BodyHasCome();
                return; // the HTTP client ends the body and flushes
            }
        }
    }
}
