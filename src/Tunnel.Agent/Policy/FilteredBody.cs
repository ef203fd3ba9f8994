using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Policy;

internal sealed class FilteredBody(IHttpResponseBodyFeature inner, AnswerFilter filter) : IHttpResponseBodyFeature
{
    public Stream Stream => filter.AsStream(leaveOpen: true);

    public PipeWriter Writer => filter;

    public void DisableBuffering() => inner.DisableBuffering();

    // The head of a stream is sent at once, the head of a buffered answer together with its body.
    public async Task StartAsync(CancellationToken cancellationToken = default) =>
        await filter.FlushAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => Task.CompletedTask;
}
