using System.Buffers;
using System.IO.Pipelines;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Buffers a metadata document, and sends it with the route's URLs. Unsuccessful answers pass unchanged.</summary>
/// <param name="rewrite">Returns the document for clients; null if it is not the expected document.</param>
internal sealed class MetadataSplit(Exchange exchange, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> rewrite)
    : PipeWriter,
        IHttpResponseBodyFeature
{
    // Headers that describe the original body, or let a client request it in parts.
    private static readonly string[] OfTheOriginal =
    [
        "ETag",
        "Last-Modified",
        "Accept-Ranges",
        "Content-Digest",
        "Repr-Digest",
        "Digest",
        "Content-MD5",
    ];

    private static readonly FlushResult Going = new(isCanceled: false, isCompleted: false);
    private static readonly FlushResult Over = new(isCanceled: false, isCompleted: true);

    private readonly ArrayBufferWriter<byte> held = new();

    public Stream Stream => AsStream(leaveOpen: true);

    public PipeWriter Writer => this;

    public static MetadataSplit Begin(Exchange exchange, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> rewrite)
    {
        var headers = exchange.Request.Headers;
        headers.AcceptEncoding = "identity";
        headers.Remove("Range");
        headers.Remove("If-None-Match");
        headers.Remove("If-Modified-Since");
        var split = new MetadataSplit(exchange, rewrite);
        exchange.FilterAnswer(split);
        return split;
    }

    /// <summary>Sends the complete answer. Returns the failure to send instead, or null.</summary>
    public async ValueTask<Failure?> FinishAsync()
    {
        var response = exchange.Response;
        if (exchange.IsCut || response.HasStarted)
        {
            return null; // cut off, or a refusal of the agent
        }

        ReadOnlyMemory<byte> body = held.WrittenMemory;
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var isChanged = body.IsEmpty; // an answer to HEAD, whose headers describe the original
            if (!body.IsEmpty)
            {
                if (rewrite(body) is not { } rewritten)
                {
                    return UpstreamFailures.MetadataUnusable;
                }

                (body, isChanged) = (rewritten, !rewritten.Equals(body));
            }

            foreach (var name in isChanged ? OfTheOriginal : [])
            {
                response.Headers.Remove(name);
            }

            response.Headers.ContentLength = body.IsEmpty ? null : body.Length;
        }

        if (body.IsEmpty)
        {
            return null;
        }

        await exchange.UnfilteredBody.Writer.WriteAsync(body, exchange.ClientGone);
        return null;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => held.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => held.GetSpan(sizeHint);

    public override void Advance(int bytes) => held.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        new(held.WrittenCount > FrontedIssuer.MaxBytes ? Over : Going);

    public override void CancelPendingFlush()
    {
        // No flush is ever pending.
    }

    public override void Complete(Exception? exception = null)
    {
        // The server completes its own writer.
    }

    public void DisableBuffering()
    {
        // The body is buffered until it is complete.
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => Task.CompletedTask;
}
