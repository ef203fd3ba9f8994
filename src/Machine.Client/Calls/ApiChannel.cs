using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Programs;
using Culvert.Platform.Timing;
using Culvert.Platform.Wire;
using Duende.IdentityModel;

namespace Culvert.Machine.Client.Calls;

/// <summary>
/// Sends requests to one base URL over HTTP/1.1 and maps expected failures to an <see cref="ApiFailure"/>. Uses only
/// the configured proxy, no redirects and no cookies, and bounds time and answer size.
/// </summary>
internal sealed class ApiChannel : IDisposable
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const int MaxMessage = 300;
    private const int MaxNonce = 512;
    private static readonly byte[] WantsNonce = Encoding.ASCII.GetBytes(OidcConstants.TokenErrors.UseDPoPNonce);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    private readonly Uri baseUrl;
    private readonly TimeProvider time;
    private readonly TimeProvider networkTime;
    private readonly HttpClient client;

    /// <param name="baseUrl">May carry a path prefix.</param>
    /// <param name="time">The clock of dates.</param>
    /// <param name="networkTime">The clock of time limits.</param>
    public ApiChannel(
        Uri baseUrl,
        SslClientAuthenticationOptions tls,
        TimeProvider time,
        TimeProvider networkTime,
        NetworkSource network
    )
    {
        this.networkTime = networkTime;
        this.baseUrl = baseUrl;
        this.time = time;
        tls.AllowTlsResume = false; // S9
        var handler = OutboundHttp.CreateHandler(tls, new OutboundDialer(network).ConnectAsync);
        handler.ConnectTimeout = ConnectTimeout;
        handler.ActivityHeadersPropagator = null;
        client = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Why the channel's own check refused the last server certificate.</summary>
    public string? TrustRefusal { get; set; }

    /// <summary>The service's clock minus this machine's at the last answer. Reported, never applied.</summary>
    public TimeSpan? ClockOffset { get; private set; }

    public async Task<ApiResult<T>> SendAsync<T>(
        ApiCall call,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var result = await SendAsync(call, cancellationToken);
        return result.IsSuccess ? Read(call, result.Value, type) : result.Failure;
    }

    public static ApiResult<T> Read<T>(ApiCall call, ApiAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type)
                ?? (ApiResult<T>)Malformed(call, answer, "The response is null.");
        }
        catch (JsonException e)
        {
            return Malformed(
                call,
                answer,
                $"The response does not follow the protocol: {DescribeError(answer.Body, e.Path, type)}"
            );
        }
    }

    // The path names the member, or the type names what is missing; the exception's message could quote a value.
    private static string DescribeError<T>(byte[] body, string? path, JsonTypeInfo<T> type)
    {
        if (path is { Length: > 2 })
        {
            return $"member {path[2..]} has another type.";
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var lacking = type
                .Properties.Where(property =>
                    property.IsRequired
                    && root.ValueKind == JsonValueKind.Object
                    && !root.TryGetProperty(property.Name, out _)
                )
                .Select(property => property.Name)
                .ToList();
            return lacking.Count > 0 ? $"it lacks {string.Join(", ", lacking)}."
                : root.ValueKind == JsonValueKind.Object ? "it has a member that it must not have."
                : "it is not a JSON object.";
        }
        catch (JsonException)
        {
            return "it is not JSON.";
        }
    }

    public async Task<ApiResult<ApiAnswer>> SendAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(call.Timeout, networkTime, cancellationToken);
        try
        {
            var (result, wantsNonce) = await SendOnceAsync(call, limit.Token);
            return wantsNonce ? (await SendOnceAsync(call, limit.Token)).Result : result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = $"{baseUrl.Authority} did not respond within {call.Timeout.TotalSeconds} s.";
            return Failure(call, ApiFailureKind.Unreachable, reason) with { Cause = ConnectCause.Silent };
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            var reason = TrustRefusal ?? FailureText.Describe(e);
            return Failure(call, ApiFailureKind.Untrusted, $"{baseUrl.Authority} is not trusted: {reason}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var reason = $"{baseUrl.Authority} cannot be reached: {FailureText.Describe(e)}";
            return Failure(call, ApiFailureKind.Unreachable, reason) with { Cause = ConnectCauses.Find(e) };
        }
    }

    public void Dispose() => client.Dispose();

    private async Task<(ApiResult<ApiAnswer> Result, bool WantsNonce)> SendOnceAsync(
        ApiCall call,
        CancellationToken cancellationToken
    )
    {
        using var message = NewMessage(call);
        using var response = await client.SendAsync(
            message,
            HttpCompletionOption.ResponseHeadersRead,
            cancellationToken
        );
        var isNew =
            call.Binding is { } binding
            && FindHeader(response, OidcConstants.HttpHeaders.DPoPNonce) is { Length: > 0 and <= MaxNonce } nonce
            && binding.Remember(message.RequestUri!, nonce);
        var answer = await ReadAsync(call, response, cancellationToken);
        if (answer is null)
        {
            var reason = $"The response is longer than {call.MaxAnswerBytes} bytes.";
            return (Failure(call, ApiFailureKind.Malformed, reason), false);
        }

        if (response.IsSuccessStatusCode)
        {
            return (answer, false);
        }

        var refusal = Refusal(call, response, answer);
        return (refusal, isNew && RequiresNonce(response, answer));
    }

    // RFC 9449 §8 and §9: the token endpoint requests a nonce in the body (for a JSON request, as a code of the
    // service); all other endpoints send a challenge.
    private static bool RequiresNonce(HttpResponseMessage response, ApiAnswer answer) =>
        answer.Status is 400 or 401
        && (
            answer.Body.AsSpan().IndexOf(WantsNonce) >= 0
            || answer.Body.AsSpan().IndexOf("\"dpop.use_nonce\""u8) >= 0
            || response
                .Headers.WwwAuthenticate.ToString()
                .Contains(OidcConstants.TokenErrors.UseDPoPNonce, StringComparison.Ordinal)
        );

    private HttpRequestMessage NewMessage(ApiCall call)
    {
        var message = new HttpRequestMessage(call.Method, new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + call.Path));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("culvert", ProductVersion.Text));
        if (call.Proof is { } proof)
        {
            // RFC 9449 §7.1, RFC 6750 §2.1.
            message.Headers.Authorization = new(
                proof.Binding is null
                    ? OidcConstants.AuthenticationSchemes.AuthorizationHeaderBearer
                    : OidcConstants.AuthenticationSchemes.AuthorizationHeaderDPoP,
                proof.Token
            );
        }

        if (call.Binding is { } binding)
        {
            var shown = binding.Prove(call.Method.Method, message.RequestUri!, time.GetUtcNow(), call.Proof?.Token);
            message.Headers.Add(OidcConstants.HttpHeaders.DPoP, shown);
        }

        if (call.IdempotencyKey is { } idempotency)
        {
            message.Headers.Add(IdempotencyHeader, idempotency);
        }

        foreach (var (name, value) in call.Headers)
        {
            message.Headers.Add(name, value);
        }

        if (call.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }

    private async Task<ApiAnswer?> ReadAsync(ApiCall call, HttpResponseMessage response, CancellationToken ct)
    {
        // The service writes its clock into the Date header (RFC 9110 §6.6.1).
        ClockOffset = response.Headers.Date is { } date ? date - time.GetUtcNow() : ClockOffset;
        return await BoundedContent.ReadAsync(response.Content, call.MaxAnswerBytes, ct) is { } body
            ? new ApiAnswer((int)response.StatusCode, body.ToArray(), FindHeader(response, "request-id"))
            : null;
    }

    private ApiFailure Refusal(ApiCall call, HttpResponseMessage response, ApiAnswer answer)
    {
        var envelope = ReadEnvelope(answer.Body);
        var kind =
            answer.Status is 408 or 429 or >= 500 ? ApiFailureKind.Unavailable
            : answer.Status is >= 400 ? ApiFailureKind.Refused
            : ApiFailureKind.Malformed;
        return new ApiFailure
        {
            Kind = kind,
            Operation = call.Name,
            Status = answer.Status,
            Code = envelope?.Error.Code is { } code ? Safe(call, code) : null,
            Type = envelope?.Error.Type is { } type ? Safe(call, type) : null,
            Message = Safe(
                call,
                DescribeRedirect(response) ?? envelope?.Error.Message ?? response.ReasonPhrase ?? "No reason given."
            ),
            RequestId = answer.RequestId is { } id ? Safe(call, id) : null,
            ConnectUrl = WebPage.Find(envelope?.Error.FindDetail("connect_url")),
            RetryAfter = RetryAfterHeader.Read(response.Headers, time.GetUtcNow(), MaxRetryAfter),
        };
    }

    // The target of a redirect has not proven to be the service, so nothing is sent to it.
    private static string? DescribeRedirect(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } target
            ? $"It redirects to {target}, and redirects are not followed."
            : null;

    private static ErrorEnvelope? ReadEnvelope(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WireJson.Default.ErrorEnvelope);
        }
        catch (JsonException)
        {
            return ReadOAuthError(body);
        }
    }

    // RFC 6749 §5.2: the other format of a token endpoint's errors.
    private static ErrorEnvelope? ReadOAuthError(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return FindText(root, OidcConstants.TokenResponse.Error) is { } code
                ? new ErrorEnvelope(
                    Error: new ErrorBody(
                        Type: code,
                        Message: FindText(root, OidcConstants.TokenResponse.ErrorDescription) ?? code
                    )
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FindText(JsonElement root, string member) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    // Text of the peer is shown shortened, on one line, and without the secrets that were sent.
    private static string Safe(ApiCall call, string text)
    {
        foreach (var secret in new[] { call.Proof?.Token, call.Secret })
        {
            text = secret is { Length: > 0 } ? text.Replace(secret, "[redacted]", StringComparison.Ordinal) : text;
        }

        return ConfigText.Printable(text, MaxMessage);
    }

    private static ApiFailure Failure(ApiCall call, ApiFailureKind kind, string message) =>
        new()
        {
            Kind = kind,
            Operation = call.Name,
            Message = message,
        };

    private static ApiFailure Malformed(ApiCall call, ApiAnswer answer, string message) =>
        Failure(call, ApiFailureKind.Malformed, message) with
        {
            Status = answer.Status,
            RequestId = answer.RequestId,
        };

    private static string? FindHeader(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
