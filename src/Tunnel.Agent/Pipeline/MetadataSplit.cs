using System.Buffers;
using System.IO.Pipelines;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Holds an authorization server's metadata on its way out until it is whole, and lets it go on as
/// <see cref="FrontedIssuer"/> has it. Answers that are no success pass as they came.
/// </summary>
internal sealed class MetadataSplit(Exchange exchange, FrontedIssuer issuer) : PipeWriter, IHttpResponseBodyFeature
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
    public static MetadataSplit Begin(Exchange exchange, FrontedIssuer issuer)
    {
        var headers = exchange.Request.Headers;
        headers.AcceptEncoding = "identity";
        headers.Remove("Range");
        headers.Remove("If-None-Match");
        headers.Remove("If-Modified-Since");
        var split = new MetadataSplit(exchange, issuer);
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
            if (!body.IsEmpty && !issuer.TrySplit(body, out body))
            {
                return UpstreamFailures.MetadataUnusable;
            }

            foreach (var name in OfTheOriginal)
            {
                response.Headers.Remove(name);
            }

            response.Headers.ContentLength = body.IsEmpty ? null : body.Length; // none to HEAD
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
