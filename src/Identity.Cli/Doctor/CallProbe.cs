using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Doctor;
using Culvert.Platform.Net;

namespace Culvert.Identity.Cli.Doctor;

/// <summary>
/// A real call, as a client would make it: through an edge, into the tunnel, verified by the tunnel's own trust bundle,
/// to the MCP server. It asks the server who it is and changes nothing.
/// </summary>
internal sealed class CallProbe(CallTarget target, TimeSpan timeout)
{
    public const string Id = "call";

    private const string Question =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"culvert-doctor","version":"1"}}}""";

    // Who failed, and why: the agent says it of every answer that is not the server's.
    private const string HopHeader = "culvert-failed-hop";
    private const string ReasonHeader = "culvert-reason";

    public async Task<DoctorFinding> RunAsync(CancellationToken cancel)
    {
        using var handler = OutboundHttp.CreateHandler(Policy());
        handler.ConnectCallback = ConnectAsync;
        using var http = new HttpClient(handler) { Timeout = timeout };
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url)
        {
            Content = new StringContent(Question, Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        if (target.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return Read(answer);
        }
        catch (Exception e)
            when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Unanswered(e);
        }
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(target.Bundle);
        return policy;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
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

    private DoctorFinding Read(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        var hop = Header(answer, HopHeader);
        var seen =
            $"POST {target.Url} answered {status}{(hop is null ? "" : $", failed hop {hop}, {Header(answer, ReasonHeader)}")}";
        return answer.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.Accepted when hop is null => DoctorFinding.Pass(
                Id,
                "A call reached the MCP server and came back.",
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
                    : $"docs/errors.md: {Header(answer, ReasonHeader) ?? "status"}"
            ) with
            {
                Evidence = [seen],
            },
        };
    }

    private DoctorFinding Unanswered(Exception e)
    {
        var cause = e.InnerException?.Message ?? e.Message;
        var (why, next) = e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => (
                "The tunnel's name does not resolve here.",
                "culvert dns export prints the records; or give --connect-to HOST:PORT"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => (
                "The edge cannot be reached, or refuses this address: only the tunnel's client ranges may call.",
                "culvert tunnel show: client_source_ranges; or call from a host within them"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                "Either no agent serves the tunnel, this address is not in its client ranges, or its certificate does not "
                    + "chain to the trust bundle.",
                "culvert tunnel status; culvert tunnel trust-bundle"
            ),
            _ => ("Something on the way is silent.", "culvert status"),
        };
        return DoctorFinding.Fail(Id, $"The call got no answer: {cause}", why, next) with
        {
            Evidence = [$"POST {target.Url} by {target.Address?.ToString() ?? "DNS"}"],
        };
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
