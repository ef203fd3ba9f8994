using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Testing.Api;

/// <summary>Knows whether a handler broke the connection instead of answering.</summary>
internal sealed class AbortWatch(IHttpRequestLifetimeFeature inner) : IHttpRequestLifetimeFeature
{
    public bool IsAborted { get; private set; }

    public CancellationToken RequestAborted
    {
        get => inner.RequestAborted;
        set => inner.RequestAborted = value;
    }

    public void Abort()
    {
        IsAborted = true;
        inner.Abort();
    }
}
