using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests.InProcess;

/// <summary>An HTTP request of the agent itself, as if the server had read it from a connection.</summary>
internal sealed class InProcessRequest
    : IHttpRequestFeature,
        IHttpRequestBodyDetectionFeature,
        IRequestBodyPipeFeature,
        IHttpRequestLifetimeFeature
{
    private const string Json = "application/json";

    private readonly CancellationTokenSource aborted;
    private readonly bool hasBody;

    /// <param name="accept">The media types that the agent reads.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="body">Empty for none.</param>
    /// <param name="aborted">Cancels the request, on either side.</param>
    public InProcessRequest(
        string method,
        string target,
        string host,
        string accept,
        IEnumerable<KeyValuePair<string, string[]>> headers,
        ReadOnlyMemory<byte> body,
        CancellationTokenSource aborted
    )
    {
        this.aborted = aborted;
        RequestAborted = aborted.Token;
        (Method, RawTarget, hasBody) = (method, target, !body.IsEmpty);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        Path = PathString.FromUriComponent(query < 0 ? target : target[..query]).Value ?? "";
        QueryString = query < 0 ? "" : target[query..];
        Reader = PipeReader.Create(new ReadOnlySequence<byte>(body));
        Body = Reader.AsStream();
        foreach (var (name, values) in headers)
        {
            Headers.Append(name, values);
        }

        Headers.Host = host;
        Headers.Accept = accept;
        if (hasBody)
        {
            Headers.ContentType = Json;
            Headers.ContentLength = body.Length;
        }
    }

    public string Protocol { get; set; } = HttpProtocol.Http11;

    public string Scheme { get; set; } = Uri.UriSchemeHttps;

    public string Method { get; set; }

    public string PathBase { get; set; } = "";

    public string Path { get; set; }

    public string QueryString { get; set; }

    public string RawTarget { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; }

    public bool CanHaveBody => hasBody;

    public PipeReader Reader { get; }

    public CancellationToken RequestAborted { get; set; }

    public bool IsAborted { get; private set; }

    public void Abort()
    {
        IsAborted = true;
        aborted.Cancel();
    }
}
