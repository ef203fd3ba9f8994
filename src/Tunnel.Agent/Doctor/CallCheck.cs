using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Machine.Client.State;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>
/// A call as clients make it: DNS or the edge's own address, the public port, inner TLS against the tunnel's trust
/// bundle, and a real MCP call. The check has no token: where the route requires one, it requests the protected resource
/// metadata, which every client reads first (RFC 9728).
/// </summary>
internal sealed class CallCheck(AgentSettings settings, AgentState state, KeyAndCertificate? leaf, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const int HttpsPort = 443;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task<DoctorFinding> RunAsync(CancellationToken cancellationToken)
    {
        if (state.Feed is not { } feed || feed.Edges.Count == 0 || feed.Tunnel.TrustBundle.Pem.Length == 0)
        {
            return DoctorFinding.Skip(
                PathChecks.Call,
                "Rests on the first feed, an edge and the tunnel's trust bundle."
            );
        }

        var isExpired = leaf is not null && time.GetUtcNow() > leaf.NotAfter;
        IReadOnlyList<string> next = isExpired
            ? ["tunnel-agent doctor --check inner_certificate"]
            : ["tunnel-agent health", $"Ask an administrator to run: culvert tunnel status {settings.Tunnel.Id}"];
        var lines = new List<DoctorLine>();
        foreach (var route in settings.Routes.Where(r => r.IsExposed))
        {
            var (works, line) = await TryAsync(feed, route, feed.Tunnel.TrustBundle, cancellationToken);
            lines.Add(new DoctorLine(works, $"{route.Name}: {line}", next));
        }

        return DoctorFinding.FromEach(
            PathChecks.Call,
            lines,
            "Every route responds to a client's call through an edge.",
            bad => $"{bad} of {lines.Count} routes do not respond to a client's call through an edge.",
            isExpired
                ? $"The agent's certificate for clients expired at {leaf!.NotAfter:u}, so the agent refuses their connections."
                : "If the checks above pass, the agent does not run, or this machine's address is outside the tunnel's client ranges.",
            showsGood: true
        );
    }

    private async Task<(bool Works, string Line)> TryAsync(
        AgentFeed feed,
        RouteSettings route,
        BundleDocument bundle,
        CancellationToken cancellationToken
    )
    {
        var edge = feed.Edges[0];
        var (host, port) = (Route.HostnameUnder(route.Name, feed.Tunnel.Domain), edge.PublicPort ?? HttpsPort);
        var resource = new ProtectedResource(route.Oauth, [], host, feed.Tunnel.PublicPort ?? HttpsPort);
        var isRequired = route.Oauth.Mode == OauthMode.Required;
        var path = isRequired ? new Uri(resource.MetadataUrl).AbsolutePath : route.Oauth.Path;
        var url = new Uri($"https://{host}:{port.ToString(CultureInfo.InvariantCulture)}{path}");
        return isRequired
            ? await ReadMetadataAsync(edge, url, resource, bundle, cancellationToken)
            : await CallAsync(edge, url, bundle, cancellationToken);
    }

    private async Task<(bool Works, string Line)> CallAsync(
        AgentFeedEdge edge,
        Uri url,
        BundleDocument bundle,
        CancellationToken cancellationToken
    )
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(bundle.Pem);
        var target = new CallTarget(url, Address: null, roots, Token: null)
        {
            Connect = (asked, cancel) => DialAsync(edge, asked, cancel),
        };
        var found = await new CallProbe(target, Limit).RunAsync(cancellationToken);
        return (found.Status == DoctorStatus.Pass, $"{url}: {found.Summary}");
    }

    private async Task<(bool Works, string Line)> ReadMetadataAsync(
        AgentFeedEdge edge,
        Uri url,
        ProtectedResource resource,
        BundleDocument? bundle,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var limit = new TimeLimit(Limit, time, cancellationToken);
            using var client = Client(edge, bundle);
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            return answer.StatusCode == HttpStatusCode.OK && ReadResource(body) == resource.Resource
                ? (true, $"{url} names {resource.Resource}")
                : (
                    false,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{url} returned {(int)answer.StatusCode}, not the metadata of {resource.Resource}"
                    )
                );
        }
        catch (HttpRequestException e) when (bundle is not null && IsUntrusted(e))
        {
            // The public roots, not the tunnel's bundle, verify a route with a public certificate.
            var (works, line) = await ReadMetadataAsync(edge, url, resource, bundle: null, cancellationToken);
            return works ? (works, line) : (false, FailureText.Describe(e));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, $"no response within {Limit.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AuthenticationException)
        {
            return (false, FailureText.Describe(e));
        }
    }

    private static bool IsUntrusted(HttpRequestException e) =>
        e.HttpRequestError == HttpRequestError.SecureConnectionError && e.GetBaseException() is AuthenticationException;

    /// <param name="bundle">The trust anchors; null = the system's roots.</param>
    private HttpClient Client(AgentFeedEdge edge, BundleDocument? bundle)
    {
        var handler = bundle is null
            ? OutboundHttp.CreateHandler(connect: ConnectAsync)
            : OutboundHttp.CreateHandler(TrustIn(bundle), ConnectAsync);
        return new HttpClient(handler) { MaxResponseContentBufferSize = MaxAnswerBytes };

        ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) =>
            DialAsync(edge, context.DnsEndPoint, cancel);
    }

    // Names of the tunnel need not resolve on this machine: the check connects to the edge's own address.
    private ValueTask<Stream> DialAsync(AgentFeedEdge edge, DnsEndPoint asked, CancellationToken cancel) =>
        new OutboundDialer(settings.Identity.Network).ConnectAsync(
            HostPort.TryParse(edge.Addresses[0], out var dialled) ? dialled.Host : asked.Host,
            asked.Port,
            cancel
        );

    private X509ChainPolicy TrustIn(BundleDocument bundle)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = time.GetUtcNow().UtcDateTime,
        };
        policy.CustomTrustStore.ImportFromPem(bundle.Pem);
        return policy;
    }

    private static string ReadResource(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("resource").GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }
}
