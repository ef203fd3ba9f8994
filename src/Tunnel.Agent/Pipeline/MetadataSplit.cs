using System.Buffers;
using System.IO.Pipelines;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Holds an upstream's metadata on its way out until it is whole, and lets it go on with the route's URLs in it. Answers that
/// are no success pass as they came.
/// </summary>
/// <param name="exchange">The request for it.</param>
/// <param name="rewrite">The document as clients receive it; null if it is not the one that was expected.</param>
internal sealed class MetadataSplit(Exchange exchange, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> rewrite)
    : PipeWriter,
        IHttpResponseBodyFeature
{
    // What describes the body as it was, or invites a client to ask for it again by parts.
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

    /// <summary>From now on what the upstream answers is held here.</summary>
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

    /// <summary>The upstream has answered, or was answered for. The failure to tell, or null.</summary>
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
            var isChanged = body.IsEmpty; // to HEAD, whose headers describe the original
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
        // Nothing is ever pending.
    }

    public override void Complete(Exception? exception = null)
    {
        // The server completes its own writer.
    }

    public void DisableBuffering()
    {
        // It is held until it is whole.
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => Task.CompletedTask;
}
