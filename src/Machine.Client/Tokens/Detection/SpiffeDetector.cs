using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Machine.Client.Tokens.Detection;

/// <summary>SPIFFE: a JWT-SVID of the Workload API (FetchJWTSVID), with gRPC framing of its own.</summary>
internal sealed class SpiffeDetector : PlatformDetector
{
    /// <summary>The API's address: <c>unix:///path</c> or <c>tcp://ip:port</c> (SPIFFE Workload Endpoint §4).</summary>
    private const string Variable = "SPIFFE_ENDPOINT_SOCKET";

    private const string GrpcOk = "0";
    private static readonly Uri Method = new("http://localhost/SpiffeWorkloadAPI/FetchJWTSVID");
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public override string Name => "spiffe";

    public override DetectorTier Tier => DetectorTier.Workload;

    public override bool IsPresent(PlatformEnvironment environment) => environment.Has(Variable);

    public override async Task<string> ReadAsync(
        PlatformEnvironment environment,
        string audience,
        CancellationToken cancellationToken
    )
    {
        var endpoint =
            ParseEndpoint(environment[Variable]) ?? throw Failed($"{Variable} is not unix:///path or tcp://ip:port.");
        using var limit = new TimeLimit(Timeout, environment.Time, cancellationToken);
        using var handler = OutboundHttp.CreateHandler(connect: (_, ct) => ConnectAsync(endpoint, ct));
        using var client = new HttpClient(handler)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = WorkloadMessages.MaxAnswerBytes,
        };
        try
        {
            using var request = NewRequest(audience);
            using var response = await client.SendAsync(request, limit.Token);
            return Read(response, await response.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"{environment[Variable]} did not respond within {Timeout.TotalSeconds} s.");
        }
        catch (HttpRequestException e)
        {
            throw Failed($"{environment[Variable]} cannot be reached ({e.HttpRequestError}).");
        }
    }

    private static EndPoint? ParseEndpoint(string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return null;
        }

        return url.Scheme switch
        {
            "unix" when url.AbsolutePath.Length > 1 => new UnixDomainSocketEndPoint(url.AbsolutePath),
            "tcp" when IPAddress.TryParse(url.Host, out var address) && url.Port > 0 => new IPEndPoint(
                address,
                url.Port
            ),
            _ => null,
        };
    }

    private static HttpRequestMessage NewRequest(string audience)
    {
        var content = new ByteArrayContent(WorkloadMessages.Request(audience));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var request = new HttpRequestMessage(HttpMethod.Post, Method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        // Required, so that a browser cannot be tricked into the call (SPIFFE Workload Endpoint §6).
        request.Headers.Add("workload.spiffe.io", "true");
        return request;
    }

    private string Read(HttpResponseMessage response, byte[] body)
    {
        var status = Header(response.TrailingHeaders) ?? Header(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK || status != GrpcOk)
        {
            // 7 is PERMISSION_DENIED: the workload has no registration entry.
            throw Failed(
                status == "7"
                    ? "the Workload API knows no identity for this process; register it."
                    : $"the Workload API answered with status {status ?? ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}."
            );
        }

        return WorkloadMessages.FirstToken(body) ?? throw Failed("the Workload API's response contains no JWT-SVID.");
    }

    private static string? Header(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) ? values.FirstOrDefault() : null;

    private static async ValueTask<Stream> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket =
            endpoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
