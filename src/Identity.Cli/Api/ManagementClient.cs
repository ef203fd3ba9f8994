using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Net;
using Duende.IdentityModel.Client;

namespace Culvert.Identity.Cli.Api;

/// <summary>
/// The management API, one request at a time: no proxy, no redirect, no retry. The operator decides whether to repeat a
/// create that may have succeeded.
/// </summary>
internal sealed class ManagementClient : IDisposable
{
    public const string OrganizationPath = "v1/organizations/current";

    /// <summary>Far above the largest list (1,000 objects); protects against a peer that never stops sending.</summary>
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    private readonly Settings settings;
    private readonly TimeProvider time;
    private readonly Action<string> trace;
    private readonly HttpClient http;
    private readonly ICredential credential;
    private string? workspaceId;
    private bool organizationProven;

    private ManagementClient(
        Settings settings,
        TimeProvider time,
        Action<string> trace,
        HttpClient http,
        ICredential credential
    )
    {
        this.settings = settings;
        this.time = time;
        this.trace = trace;
        this.http = http;
        this.credential = credential;
    }

    public static async Task<ManagementClient> ConnectAsync(
        Settings settings,
        ICredential credential,
        TimeProvider time,
        Action<string> trace,
        CancellationToken cancel
    )
    {
        // Without the proxy of HTTPS_PROXY, so that the key is sent only to the service.
        var handler = OutboundHttp.CreateHandler(await ServerTrust.CreateAsync(settings, cancel));
        var http = new HttpClient(new ProvingHandler(credential, handler))
        {
            Timeout = settings.Timeout,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        return new ManagementClient(settings, time, trace, http, credential);
    }

    public Uri Url => settings.Url;

    public string? LastRequestId { get; private set; }

    public string CredentialKind => credential.Kind;

    /// <summary>Sends a query that uses POST. It changes nothing, so a dry run sends it, too.</summary>
    public Task<ApiAnswer> QueryAsync(string path, JsonObject? body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, ToContent(body), cancel);

    public Task<ApiAnswer> GetAsync(string path, CancellationToken cancel) =>
        SendAsync(HttpMethod.Get, path, content: null, cancel);

    /// <summary>Copies an answer of any length to a stream.</summary>
    /// <param name="report">Receives the number of bytes read so far.</param>
    public async Task DownloadAsync(string path, Stream target, Action<long> report, CancellationToken cancel)
    {
        var url = new Uri(settings.Url, path);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("culvert", ProgramVersion.Text));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!response.IsSuccessStatusCode)
            {
                var text = await response.Content.ReadAsStringAsync(cancel);
                throw Refusals.From(HttpMethod.Get, url, response.StatusCode, Header(response, "request-id"), text);
            }

            await using var source = await response.Content.ReadAsStreamAsync(cancel);
            var buffer = new byte[128 * 1024];
            int read;
            while ((read = await source.ReadAsync(buffer, cancel)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancel);
                report(target.Position);
            }
        }
        catch (Exception e) when (IsUnreachable(e, cancel) || e is HttpIOException)
        {
            throw Unreachable(HttpMethod.Get, url, e, settings);
        }
    }

    /// <summary>Sends a change, after the service has confirmed the organization that the settings name.</summary>
    public async Task<ApiAnswer> PostAsync(string path, JsonObject? body, CancellationToken cancel)
    {
        await ProveOrganizationAsync(cancel);
        StopIfDryRun(HttpMethod.Post, path, body);
        return await SendAsync(HttpMethod.Post, path, ToContent(body), cancel);
    }

    public async Task<ApiAnswer> IntrospectAsync(string token, CancellationToken cancel)
    {
        var url = new Uri(settings.Url, "v1/oauth/introspect");
        using var request = new TokenIntrospectionRequest { RequestUri = url, Token = token };
        return await SendAsync(
            HttpMethod.Post,
            url,
            request,
            async () =>
            {
                try
                {
                    return GetResponse(await http.IntrospectTokenAsync(request, cancel));
                }
                catch (Exception e)
                    when (e is InvalidOperationException or FormatException or OverflowException or ArgumentException)
                {
                    // The library reports an answer of status 200 that is not an introspection response in these ways.
                    throw NotTheService(HttpMethod.Post, url);
                }
            },
            cancel
        );
    }

    /// <summary>Revokes a token (RFC 7009). The answer has no content.</summary>
    public async Task RevokeAsync(string token, CancellationToken cancel)
    {
        const string path = "v1/oauth/revoke";
        await ProveOrganizationAsync(cancel);
        StopIfDryRun(HttpMethod.Post, path, body: null);
        var url = new Uri(settings.Url, path);
        using var request = new TokenRevocationRequest { RequestUri = url, Token = token };
        await SendAsync(
            HttpMethod.Post,
            url,
            request,
            async () => GetResponse(await http.RevokeTokenAsync(request, cancel)),
            cancel,
            mayBeEmpty: true
        );
    }

    public async Task<ApiAnswer> DeleteAsync(string path, CancellationToken cancel)
    {
        await ProveOrganizationAsync(cancel);
        StopIfDryRun(HttpMethod.Delete, path, body: null);
        return await SendAsync(HttpMethod.Delete, path, content: null, cancel);
    }

    public void UseWorkspace(string id) => workspaceId = id;

    private void StopIfDryRun(HttpMethod method, string path, JsonObject? body)
    {
        if (settings.IsDryRun)
        {
            throw new DryRunStop(method, path, body);
        }
    }

    private static StringContent? ToContent(JsonObject? body) =>
        body is null ? null : new StringContent(body.ToJsonString(WireJson.Plain), Encoding.UTF8, "application/json");

    private async Task ProveOrganizationAsync(CancellationToken cancel)
    {
        if (settings.Organization is not { } expected || organizationProven)
        {
            return;
        }

        var answer = await GetAsync("v1/organizations/current", cancel);
        var actual = answer.Json.Text("id") ?? answer.OrganizationId;
        if (actual != expected && answer.Json.Text("name") != expected)
        {
            throw new CommandFailure(
                ExitCode.Refused,
                $"the admin key belongs to organization {actual}, not {expected}"
            )
            {
                Where = $"--organization or {SettingVariables.Organization}; nothing was changed",
                Next = "use the other organization's key, or name this organization",
            };
        }

        organizationProven = true;
    }

    private async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancel
    )
    {
        var url = new Uri(settings.Url, path);
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await SendAsync(method, url, request, () => http.SendAsync(request, cancel), cancel);
    }

    private async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        Uri url,
        HttpRequestMessage request,
        Func<Task<HttpResponseMessage>> send,
        CancellationToken cancel,
        bool mayBeEmpty = false
    )
    {
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("culvert", ProgramVersion.Text));
        if (workspaceId is not null)
        {
            request.Headers.Add("anthropic-workspace-id", workspaceId);
        }

        var started = time.GetTimestamp();
        try
        {
            using var response = await send();
            var text = await response.Content.ReadAsStringAsync(cancel);
            var requestId = Header(response, "request-id");
            LastRequestId = requestId;
            var milliseconds = (long)time.GetElapsedTime(started).TotalMilliseconds;
            trace($"{method} {url} {(int)response.StatusCode} {milliseconds} ms {requestId}");
            return response.IsSuccessStatusCode
                ? Parse(method, url, text, mayBeEmpty, response)
                : throw Refusals.From(method, url, response.StatusCode, requestId, text);
        }
        catch (Exception e) when (IsUnreachable(e, cancel))
        {
            throw Unreachable(method, url, e, settings);
        }
    }

    // The received text is the result, as for every other request: the library parses less than is printed.
    private static HttpResponseMessage GetResponse(ProtocolResponse answer)
    {
        if (answer is { HttpResponse: null, Exception: { } fault })
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        return answer.HttpResponse!;
    }

    public static bool IsUnreachable(Exception e, CancellationToken cancel) =>
        e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested);

    public static CommandFailure Unreachable(HttpMethod method, Uri url, Exception e, Settings settings)
    {
        var (why, next) = e switch
        {
            OperationCanceledException => (
                $"no response within {settings.Timeout.TotalSeconds:0.###} s",
                "check the service (GET /healthz), or give a longer --timeout; the change may have been made: list the objects first"
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => (
                FailureText.Describe(e),
                $"give the platform root by --ca-file ({SettingVariables.CaFile}) or its pin by --ca-sha256"
            ),
            _ => (FailureText.Describe(e), $"check --url ({SettingVariables.Url}) and that the service runs"),
        };
        return new CommandFailure(ExitCode.Unreachable, $"the identity service cannot be reached: {why}", e)
        {
            Where = $"{method} {url}",
            Next = next,
        };
    }

    private static ApiAnswer Parse(
        HttpMethod method,
        Uri url,
        string text,
        bool mayBeEmpty,
        HttpResponseMessage response
    )
    {
        try
        {
            if (WireJson.Parse(text.Length == 0 && mayBeEmpty ? "{}" : text) is JsonObject json)
            {
                return new ApiAnswer(text, json) { OrganizationId = Header(response, "anthropic-organization-id") };
            }
        }
        catch (JsonException e) when (text.AsSpan().TrimStart().StartsWith("{"))
        {
            throw new CommandFailure(ExitCode.Failed, $"the response is not valid JSON: {e.Message}", e)
            {
                Where = $"{method} {url}",
                Next = "compare the releases of this program and the service: culvert version --all",
                RequestId = Header(response, "request-id"),
            };
        }
        catch (JsonException)
        {
            // Reported below.
        }

        throw NotTheService(method, url);
    }

    private static CommandFailure NotTheService(HttpMethod method, Uri url) =>
        new(ExitCode.Failed, "the response is not a JSON object: this server is not the identity service")
        {
            Where = $"{method} {url}",
            Next = $"check --url ({SettingVariables.Url})",
        };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    public void Dispose() => http.Dispose();
}
