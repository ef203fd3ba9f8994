using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The HTTP client of one tunnel's control plane. It follows no redirect, so that the key is sent only to the
/// configured host. Key and client certificate are read again when they change.
/// </summary>
internal sealed class ControlPlane : IDisposable
{
    /// <summary>Room for commands with 25 calls; a poll with a longer body fails.</summary>
    public const int MostPollBytes = 32 << 20;

    private const string Program = "tunnel-agent";
    private const string Json = "application/json";

    private static readonly string UserAgent = $"{Program}/{ProductVersion.Text}";

    // The time limit for the rest of a poll's response after its headers.
    private static readonly TimeSpan BodyTime = TimeSpan.FromSeconds(30);

    // The longest time that a control plane can delay an agent.
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(10);

    // The protocol requires 32 hexadecimal digits, different at each start of the program.
    private static readonly string InstanceId = RandomNumberGenerator.GetHexString(32, lowercase: true);

    private readonly LongPollSettings settings;
    private readonly NetworkSource network;
    private readonly TimeProvider time;
    private readonly ClientCertificate? certificate;
    private readonly string channels;
    private readonly string tunnelUrl;
    private readonly Uri answerUrl;
    private readonly Lock gate = new();

    // Guarded by the gate.
    private (SslStreamCertificateContext? Certificate, HttpMessageInvoker Client)? current;

    public ControlPlane(LongPollSettings settings, NetworkSource network, TimeProvider time)
    {
        (this.settings, this.network, this.time) = (settings, network, time);
        certificate =
            settings.ClientCertificateFile.Length > 0
                ? new ClientCertificate(settings.ClientCertificateFile, settings.ClientKeyFile!)
                : null;
        channels = ServerInfo.Format(settings.Channels);
        tunnelUrl =
            settings.BaseUrl.GetLeftPart(UriPartial.Authority) + settings.UrlPath + "/v1/tunnels/" + settings.TunnelId;
        answerUrl = new Uri(tunnelUrl + "/response");
    }

    /// <summary>The stop takes effect only until a response starts: a delivery in progress would be lost.</summary>
    /// <param name="limit">The most commands to deliver.</param>
    /// <param name="wait">How long the control plane may hold the poll.</param>
    /// <param name="wanted">The channels; empty for all.</param>
    /// <exception cref="OperationCanceledException">The poll was stopped.</exception>
    public async Task<ControlReply> PollAsync(
        int limit,
        TimeSpan wait,
        IReadOnlyList<string> wanted,
        CancellationToken stop
    )
    {
        var url = new StringBuilder(tunnelUrl).Append(
            CultureInfo.InvariantCulture,
            $"/poll?limit={limit}&timeout_ms={(long)wait.TotalMilliseconds}"
        );
        foreach (var channel in wanted)
        {
            url.Append("&channel=").Append(channel);
        }

        // The HTTP client would retry a request without content on a lost connection; polls follow the back-off.
        using var deadline = new CancellationTokenSource(wait + settings.PollGuard, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, url.ToString()) { Content = new EmptyContent() };
        return await SendAsync(request, deadline, MostPollBytes, stop);
    }

    /// <summary>Reads the tunnel's description: this checks the key and delivers no command.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<ControlReply> ReadTunnelAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(settings.PollGuard + ConnectTime, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, tunnelUrl);
        return await SendAsync(request, deadline, ControlErrors.MostBytes, cancellationToken);
    }

    /// <summary>Sends the same request without the key: the response names how a client may authenticate.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task<ControlReply> ReadChallengeAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(settings.PollGuard + ConnectTime, time);
        using var request = new HttpRequestMessage(HttpMethod.Get, tunnelUrl);
        return await SendAsync(request, deadline, ControlErrors.MostBytes, cancellationToken, hasKey: false);
    }

    /// <param name="body">The same bytes at each attempt.</param>
    /// <param name="cancellationToken">The command's deadline.</param>
    /// <exception cref="OperationCanceledException">The deadline has passed.</exception>
    public async Task<ControlReply> AnswerAsync(
        TunnelCommand command,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(settings.PollTimeout + settings.PollGuard, time);
        using var request = new HttpRequestMessage(HttpMethod.Post, answerUrl)
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", Json);
        request.Headers.TryAddWithoutValidation("X-Tunnel-Shard-Token", command.ShardToken);
        if (command.ClientRequestId.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("X-Client-Request-Id", command.ClientRequestId);
        }

        return await SendAsync(request, deadline, ControlErrors.MostBytes, cancellationToken);
    }

    public void Dispose()
    {
        lock (gate)
        {
            current?.Client.Dispose();
            current = null;
        }
    }

    private async Task<ControlReply> SendAsync(
        HttpRequestMessage request,
        CancellationTokenSource deadline,
        int mostBytes,
        CancellationToken cancellationToken,
        bool hasKey = true
    )
    {
        try
        {
            if (hasKey)
            {
                AddKey(request.Headers);
            }

            AddHeaders(request.Headers);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            using var response = await Client().SendAsync(request, both.Token);
            var receivedAt = time.GetTimestamp();
            deadline.CancelAfter(BodyTime);
            return await ReadAsync(response, receivedAt, mostBytes, deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new ControlReply
            {
                Detail = "The control plane did not respond in time.",
                MayHaveArrived = e.InnerException is not TimeoutException, // the handler's own connect timeout
            };
        }
        catch (Exception e)
            when (e
                    is SecretUnavailableException
                        or CertificateUnusableException
                        or UnauthorizedAccessException
                        or CryptographicException
            )
        {
            return new ControlReply { Detail = e.Message, MayHaveArrived = false };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new ControlReply
            {
                Detail = FailureText.Describe(e),
                MayHaveArrived =
                    e
                        is not HttpRequestException
                        {
                            HttpRequestError: HttpRequestError.NameResolutionError
                                or HttpRequestError.ConnectionError
                                or HttpRequestError.SecureConnectionError
                                or HttpRequestError.ProxyTunnelError
                        },
            };
        }
    }

    private async Task<ControlReply> ReadAsync(
        HttpResponseMessage response,
        long receivedAt,
        int mostBytes,
        CancellationToken cancellationToken
    )
    {
        var reply = new ControlReply
        {
            Status = (int)response.StatusCode,
            ReceivedAt = receivedAt,
            RetryAfter = RetryAfterHeader.Read(response.Headers, time.GetUtcNow(), MaxRetryAfter),
            RequestId = response.Headers.TryGetValues(CommandHeaders.RequestId, out var ids)
                ? ControlErrors.ReadRequestId(string.Join(',', ids))
                : "",
            Challenge = response.Headers.TryGetValues("WWW-Authenticate", out var challenges)
                ? string.Join(", ", challenges)
                : "",
        };
        var limit = reply.IsSuccess ? mostBytes : ControlErrors.MostBytes;
        var body = await BoundedContent.ReadAsync(response.Content, limit, cancellationToken);
        return !reply.IsSuccess ? reply with { Code = body is { } error ? ControlErrors.ReadCode(error) : "" }
            : body is { } whole ? reply with { Body = whole }
            : reply with
            {
                Status = 0,
                Detail = string.Create(CultureInfo.InvariantCulture, $"The response is longer than {limit} bytes."),
            };
    }

    private void AddKey(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        var key = settings.ApiKey.Read();
        if (!IdForm.IsWellFormed(key, "_-", 4096))
        {
            throw new SecretUnavailableException(
                $"{settings.ApiKey} contains characters that no key of a control plane has."
            );
        }

        headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
    }

    private void AddHeaders(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation("Accept", Json);
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        headers.TryAddWithoutValidation("X-Tunnel-Client-Name", Program);
        headers.TryAddWithoutValidation("X-Tunnel-Client-Version", ProductVersion.Text);
        headers.TryAddWithoutValidation("X-Tunnel-Client-Instance-Id", InstanceId);
        headers.TryAddWithoutValidation("X-Tunnel-MCP-Server-Info", channels);
        if (settings.Organization.Length > 0)
        {
            headers.TryAddWithoutValidation("OpenAI-Organization", settings.Organization);
        }
    }

    // Requests in progress continue on the client that they started with.
    private HttpMessageInvoker Client()
    {
        lock (gate)
        {
            var shown = certificate?.Current();
            if (current is { } known && known.Certificate == shown)
            {
                return known.Client;
            }

            var client = new HttpMessageInvoker(CreateHandler(shown));
            current = (shown, client);
            return client;
        }
    }

    private SocketsHttpHandler CreateHandler(SslStreamCertificateContext? shown)
    {
        var handler = OutboundHttp.CreateHandler(
            new SslClientAuthenticationOptions
            {
                ClientCertificateContext = shown,
                CertificateChainPolicy = SystemRoots.Policy(
                    network.Current.CaBundle,
                    settings.CaFile.Length > 0 ? settings.CaFile : null
                ),
            },
            new OutboundDialer(network).ConnectAsync
        );
        handler.ConnectTimeout = ConnectTime;
        handler.ActivityHeadersPropagator = null;

        // A shard token is opaque: non-ASCII characters are returned in UTF-8, as they arrived in JSON (RFC 8259 §8.1).
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8;
        handler.MaxResponseDrainSize = 0;
        return handler;
    }
}
