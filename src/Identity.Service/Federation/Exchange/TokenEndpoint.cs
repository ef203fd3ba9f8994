using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// <c>POST /v1/oauth/token</c>, JSON form. 1. Bound: rate, size, content type. 2. Read: a malformed request is told
/// what is wrong and leaves no history. 3. Exchange. 4. Answer: a token, or one answer for every denial.
/// </summary>
internal sealed class TokenEndpoint(TokenExchange exchange, GlobalLimit limit)
{
    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (limit.TryTake() is { } limited)
        {
            return limited;
        }

        if (request.Http.Request.QueryString.HasValue && request.Query("assertion") is not null)
        {
            // A token in a URL ends up in logs: never work like this, so that nobody gets used to it.
            return RequestErrors.Invalid.Refuse("assertion: only in the body, never in the URL.");
        }

        if (!RequestBody.IsJson(request.Http.Request))
        {
            return RequestErrors.MediaType.Refuse();
        }

        var body = await RequestBody.ReadBytesAsync(
            request.Http,
            ExchangeRequestReader.MaxBodyBytes,
            cancellationToken
        );
        if (body is null)
        {
            return RequestErrors.TooLarge.Refuse("The body exceeds the room that an assertion of 16 KiB needs.");
        }

        if (ExchangeRequestReader.TryRead(body, request, out var parsed) is { } problem)
        {
            return RequestErrors.Invalid.Refuse(problem);
        }

        var result = await exchange.ExchangeAsync(parsed!, cancellationToken);
        switch (result.Outcome)
        {
            case TokenExchangeOutcome.Granted:
                RequestIdentity.SetTenant(request.Http, result.Grant!.OrganizationId, result.Grant.WorkspaceId);
                return ApiAnswer.Raw(Render(result.Token!, result.Grant), "application/json");
            case TokenExchangeOutcome.Denied:
                return ExchangeErrors.Failed.Refuse();
            default:
                return result.Unavailable!;
        }
    }

    // RFC 6749 §5.1.
    private static ReadOnlyMemory<byte> Render(byte[] token, Grant grant)
    {
        var buffer = new ArrayBufferWriter<byte>(token.Length + 128);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("access_token"u8, token);
        json.WriteString("token_type"u8, "Bearer"u8);
        json.WriteNumber("expires_in"u8, grant.LifetimeSeconds);
        json.WriteString("scope"u8, grant.Scope);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
