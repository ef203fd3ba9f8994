using System.Runtime.CompilerServices;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Binding;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// <c>POST /v1/oauth/token</c>: the compatible JSON body, and the forms of RFC 7523 and RFC 8693. 1. Limit rate, size
/// and content type. 2. Read the request: a malformed one gets an answer that names the error and leaves no history. 3.
/// Verify the keys that it proves. 4. Exchange. 5. Answer in the request's format: a token, or the same answer for
/// every denial.
/// </summary>
internal sealed class TokenEndpoint(TokenExchange exchange, RequestBinding binding, ExchangeLimits limits)
{
    // A token or secret in a URL gets into logs: refused even if unread, so that no client depends on it.
    private static readonly string[] NeverInTheUrl =
    [
        "assertion",
        "subject_token",
        "actor_token",
        "grant_type",
        "scope",
        "resource",
        "audience",
        "client_secret",
        "client_assertion",
        "access_token",
    ];

    public ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var isForm = RequestBody.IsForm(request.Http.Request);
        if (Check(request, isForm) is { } refusal)
        {
            return new(refusal);
        }

        // Most bodies arrive together with the headers: then the only wait is the one for the commit.
        var maxBytes = isForm ? ExchangeFormReader.MaxBodyBytes : ExchangeRequestReader.MaxBodyBytes;
        var reading = RequestBody.RentBytesAsync(request.Http, maxBytes, cancellationToken, withRoom: true);
        return reading.IsCompletedSuccessfully
            ? AnswerAsync(request, reading.Result, isForm, cancellationToken)
            : AnswerAsync(request, reading, isForm, cancellationToken);
    }

    private Refusal? Check(ApiRequest request, bool isForm)
    {
        if (limits.TryTake() is { } limited)
        {
            return limited;
        }

        if (request.Http.Request.QueryString.HasValue && FindInUrl(request) is { } name)
        {
            return RequestErrors.Invalid.Refuse($"{name}: only in the body, never in the URL.");
        }

        return isForm || RequestBody.IsJson(request.Http.Request)
            ? CheckEncoding(request.Http.Request)
            : RequestErrors.MediaType.Refuse();
    }

    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        ValueTask<RentedBytes?> reading,
        bool isForm,
        CancellationToken cancellationToken
    ) => await AnswerAsync(request, await reading, isForm, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ApiAnswer> AnswerAsync(
        ApiRequest request,
        RentedBytes? rented,
        bool isForm,
        CancellationToken cancellationToken
    )
    {
        if (rented is not { } body)
        {
            return RequestErrors.TooLarge.Refuse("The body exceeds the room that an assertion of 16 KiB needs.");
        }

        var read = Read(request, body, isForm);
        if (!read.TryGet(out var parsed, out var refusal))
        {
            body.Return();
            return refusal;
        }

        // The parsed request refers to the body until the answer is written.
        var result = await exchange.ExchangeAsync(parsed, cancellationToken);
        var answer = Answer(request, parsed, result);
        body.Return();
        return answer;
    }

    private Result<ExchangeRequest> Read(ApiRequest request, RentedBytes body, bool isForm)
    {
        var read = isForm ? ExchangeFormReader.Read(body, request) : ExchangeRequestReader.Read(body, request);
        if (!read.TryGet(out var parsed, out _))
        {
            return read;
        }

        var proven = binding.Prove(request.Http);
        return proven.Error != BindingError.None ? BindingRefusals.ToRefusal(proven.Error)
            : proven.Binding != default ? parsed with { Proven = proven.Binding }
            : read;
    }

    private static ApiAnswer Answer(ApiRequest request, ExchangeRequest parsed, in TokenExchangeResult result)
    {
        switch (result.Outcome)
        {
            case TokenExchangeOutcome.Granted:
                var grant = result.Grant!;
                RequestIdentity.SetTenant(request.Http, grant.OrganizationId, grant.WorkspaceId);
                if (parsed.Form != ExchangeForm.Json)
                {
                    // RFC 6749 §5.1 requires both headers; every answer of the service has no-store.
                    request.Http.Response.Headers.Pragma = "no-cache";
                }

                var response = TokenResponse.Render(parsed, grant, result.Token.Memory.Span);
                result.Token.Return();
                return ApiAnswer.Rented(response, "application/json");
            case TokenExchangeOutcome.Denied:
                return DenialAnswers.ToRefusal(parsed.Form, result);
            default:
                return result.Unavailable!;
        }
    }

    private static string? FindInUrl(ApiRequest request) =>
        Array.Find(NeverInTheUrl, name => request.Http.Request.Query.ContainsKey(name));

    // One charset and no compression, so a body has one meaning and its size is its size. Trailers are never read.
    private static Refusal? CheckEncoding(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return RequestErrors.MediaType.Refuse("A compressed body is not accepted.");
        }

        var type = request.ContentType.AsSpan();
        var at = type.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        ReadOnlySpan<char> charset = at < 0 ? "utf-8" : type[(at + 8)..].Trim('"');

        // WHATWG Encoding §4.2: every decoder reads both labels as UTF-8.
        return
            charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            ? null
            : RequestErrors.MediaType.Refuse("The charset is UTF-8.");
    }
}
