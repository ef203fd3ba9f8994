using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Platform.Mcp;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Doctor;

/// <summary>
/// Makes a client's call: through an edge, into the tunnel, verified by the tunnel's trust bundle, to the MCP server.
/// It asks for the server's identity and changes nothing.
/// </summary>
public sealed class CallProbe(CallTarget target, TimeSpan timeout)
{
    public const string Id = "call";

    /// <summary>Far above the size of an answer with the server's identity.</summary>
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>RFC 9728 §3, for a host that is one resource; routes with their own path are also served there.</summary>
    private const string MetadataPath = "/.well-known/oauth-protected-resource";

    private const int MaxMetadataBytes = 64 * 1024;

    private static readonly string Client = ClientMessages.Describe("culvert-doctor", "1");

    private const string OnAgentsHost = "run tunnel-agent doctor on the agent's host to see its certificate and expiry";

    private Uri url = target.Url;
    private IReadOnlyList<string> notes = target.Notes;

    // The agent sets both on every answer that is not the server's: the failed hop and the reason.
    private const string HopHeader = "culvert-failed-hop";
    private const string ReasonHeader = "culvert-reason";

    /// <summary>Makes the call; its finding has the id <see cref="Id"/>.</summary>
    public async Task<DoctorFinding> RunAsync(CancellationToken cancel)
    {
        // The HTTP client's own limit covers only the headers; a server may send nothing after them.
        using var limit = new TimeLimit(timeout, TimeProvider.System, cancel);
        return await RunAsync(limit.Token, cancel);
    }

    private async Task<DoctorFinding> RunAsync(CancellationToken limited, CancellationToken cancel)
    {
        try
        {
            return await ProbeAsync(TrustIn(target.Bundle), limited);
        }
        catch (HttpRequestException e) when (IsUntrusted(e))
        {
            // Routes with a public certificate chain to the public roots, not to the tunnel's bundle.
            return await ProbePublicAsync(e, limited, cancel);
        }
        catch (Exception e) when (IsFailure(e, cancel))
        {
            return Unanswered(e);
        }
    }

    private async Task<DoctorFinding> ProbePublicAsync(
        HttpRequestException byBundle,
        CancellationToken limited,
        CancellationToken cancel
    )
    {
        try
        {
            return await ProbeAsync(target.PublicRoots is { } roots ? TrustIn(roots) : null, limited);
        }
        catch (HttpRequestException e) when (IsUntrusted(e))
        {
            return Unanswered(byBundle);
        }
        catch (Exception e) when (IsFailure(e, cancel))
        {
            return Unanswered(e);
        }
    }

    /// <param name="trust">Null: the system's roots.</param>
    /// <param name="cancel">Cancels the whole command.</param>
    private async Task<DoctorFinding> ProbeAsync(X509ChainPolicy? trust, CancellationToken cancel)
    {
        using var handler = trust is null
            ? OutboundHttp.CreateHandler(connect: ConnectAsync)
            : OutboundHttp.CreateHandler(trust, ConnectAsync);
        using var http = new HttpClient(handler) { Timeout = timeout };
        if (target.FindsPath)
        {
            await FindPathAsync(http, cancel);
        }

        using var modern = await NewSession(http, isModern: true).GreetAsync(cancel);
        if (IsFinal(modern) || await HasResultAsync(modern, cancel))
        {
            return Read(modern, ClientMessages.Modern);
        }

        var session = NewSession(http, isModern: false);
        using var legacy = await session.GreetAsync(cancel);
        var finding = Read(legacy, ClientMessages.Legacy);
        await session.EndAsync(cancel); // a server would keep the session for a long time
        return finding;
    }

    private async Task FindPathAsync(HttpClient http, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Url, MetadataPath));
        request.Headers.Accept.ParseAdd("application/json");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        var path = answer.StatusCode == HttpStatusCode.OK ? await ReadPathAsync(answer, cancel) : null;
        // Never resolved as a relative reference: "//other/path" would name another host, which would receive the token.
        url = path is null ? target.Url : new UriBuilder(target.Url) { Path = path }.Uri;
        notes =
        [
            .. target.Notes,
            path is null
                ? $"path: {url.AbsolutePath}, because {MetadataPath} of the host names none: --path names another"
                : $"path: {url.AbsolutePath}, from {MetadataPath} of the host",
        ];
    }

    /// <summary>The path of the document's <c>resource</c>, called only on the target's host; null: none.</summary>
    private static async Task<string?> ReadPathAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (await BoundedContent.ReadAsync(answer.Content, MaxMetadataBytes, cancel) is not { } body)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("resource", out var resource)
                && resource.ValueKind == JsonValueKind.String
                && Uri.TryCreate(resource.GetString(), UriKind.Absolute, out var named)
                && named.Scheme == Uri.UriSchemeHttps
                ? named.AbsolutePath
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or not valid Unicode
        }
    }

    private McpSession NewSession(HttpClient http, bool isModern)
    {
        return new McpSession(new McpHttpTransport(url, isModern, MaxAnswerBytes, SendAsync), Client, isModern);

        Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            if (target.Token is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
    }

    // Another revision changes neither a refusal by a hop nor a missing token.
    private static bool IsFinal(McpAnswer answer) =>
        answer.GetHeader(HopHeader) is not null || answer.IsDenied || (int)answer.Status! >= 500;

    /// <summary>Whether the body, or its first event that has one, is a result; an error means another revision.</summary>
    private static async Task<bool> HasResultAsync(McpAnswer answer, CancellationToken cancel) =>
        answer.IsSuccess && !(await answer.FindAsync(IsResult, cancel)).IsEmpty;

    private static bool IsResult(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var message = JsonDocument.Parse(bytes);
            return message.RootElement.ValueKind == JsonValueKind.Object
                && message.RootElement.TryGetProperty("result", out _);
        }
        catch (JsonException)
        {
            return false; // an event that is not a message, or a page
        }
    }

    private static bool IsUntrusted(Exception e) =>
        e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        && e.GetBaseException() is AuthenticationException;

    private static bool IsFailure(Exception e, CancellationToken cancel) =>
        e is HttpRequestException or IOException
        || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    private static X509ChainPolicy TrustIn(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        if (target.Connect is { } connect)
        {
            return await connect(context.DnsEndPoint, cancel);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.Address ?? context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private DoctorFinding Read(McpAnswer answer, string version)
    {
        var status = (int)answer.Status!;
        var hop = answer.GetHeader(HopHeader);
        var seen =
            $"POST {url} returned {status}{(hop is null ? "" : $", failed hop {hop}, {answer.GetHeader(ReasonHeader)}")}";
        return answer.Status switch
        {
            HttpStatusCode.OK or HttpStatusCode.Accepted when hop is null => DoctorFinding.Pass(
                Id,
                $"A call reached the MCP server and came back (MCP {version}).",
                seen
            ),
            HttpStatusCode.Unauthorized when target.Token is null => DoctorFinding.Pass(
                Id,
                "A call reached the agent, which wants a token: edge, tunnel and certificates work.",
                seen,
                "--token-file proves the rest, up to the MCP server"
            ),
            _ => DoctorFinding.Fail(
                Id,
                $"The call failed at hop {hop ?? "upstream"}: {status}.",
                "Everything before that hop works.",
                hop == "upstream"
                    ? "tunnel-agent doctor, on the agent's host"
                    : $"docs/errors.md: {answer.GetHeader(ReasonHeader) ?? "status"}"
            ) with
            {
                Evidence = [seen, .. notes],
            },
        };
    }

    private DoctorFinding Unanswered(Exception e)
    {
        var cause =
            e is OperationCanceledException
                ? $"no response within {timeout.TotalSeconds:0.###} s."
                : FailureText.Describe(e);
        var place = target.Address?.ToString() ?? target.Url.Authority;
        (string Why, string[] Next) judged = e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => (
                "This machine cannot resolve the tunnel's name.",
                ["run culvert dns export to see the records, or set --connect-to HOST:PORT"]
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => (
                $"No edge accepts connections at {place}: it does not run, clients dial another port, or a firewall drops "
                    + "them.",
                [
                    ConnectCauses.Find(e).NextStep(place, "the edge"),
                    "run culvert edge list to see the port for clients, run tunnel-edge doctor on the edge's host, or set --port or --connect-to",
                ]
            ),
            HttpRequestException when IsUntrusted(e) => (
                "The certificate that the agent shows has expired, is for another name, or its authority is not in the "
                    + "tunnel's trust bundle.",
                [OnAgentsHost, "culvert tunnel trust-bundle TUNNEL"]
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                "No agent accepts the connection: none is connected to this edge, their certificates for clients have expired, "
                    + "or this address is not in the tunnel's client ranges.",
                ["culvert tunnel status TUNNEL", OnAgentsHost]
            ),
            _ => (
                "Something on the way is silent: a firewall that drops packets, or a program that is stuck.",
                ["culvert status"]
            ),
        };
        return DoctorFinding.Fail(Id, $"The call got no response: {cause}", judged.Why, judged.Next) with
        {
            Evidence = [$"POST {url} by {target.Address?.ToString() ?? "DNS"}", .. notes],
        };
    }
}
