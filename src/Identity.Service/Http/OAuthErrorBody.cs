using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

internal static class OAuthErrorBody
{
    /// <summary>The parent path of one page per error, with its meaning and remedy (<c>error_uri</c>).</summary>
    public const string PagesPath = "/v1/oauth/errors";

    public static async Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var body = Render(refusal, RequestIdentity.Get(http));
        var response = http.Response;
        response.StatusCode = refusal.Code.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        // RFC 6749 §5.1 requires both headers, although no current cache needs Pragma.
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        if (refusal.Code.OAuthError == "invalid_client")
        {
            // RFC 6749 §5.2 requires a challenge; clients do not authenticate here, so its value does not matter.
            response.Headers.WWWAuthenticate = "Basic realm=\"culvert\"";
        }
        else if (http.RequestServices.GetRequiredService<Challenges>().Create(refusal.Code) is { Count: > 0 } challenge)
        {
            response.Headers.WWWAuthenticate = challenge;
        }

        ErrorEnvelope.SetRetryAfter(response, refusal);
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Render(Refusal refusal, string requestId)
    {
        var error = ToErrorName(refusal.Code);
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("error"u8, error);
        json.WriteString("error_description"u8, Description(refusal.Message));
        json.WriteString("error_uri"u8, $"{PagesPath}/{error}");
        json.WriteString("request_id"u8, requestId);
        json.WriteBoolean("retryable"u8, refusal.RetryAfter is not null);
        foreach (var (name, value) in refusal.Details)
        {
            json.WritePropertyName(name);
            if (value is null)
            {
                json.WriteNullValue();
            }
            else
            {
                value.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static string ToErrorName(ErrorCode code) =>
        code.OAuthError
        ?? code.Status switch
        {
            StatusCodes.Status401Unauthorized => "invalid_token",
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable =>
                "temporarily_unavailable",
            >= 500 => "server_error",
            _ => "invalid_request",
        };

    // §5.2: printable ASCII without quote and backslash.
    private static string Description(string message) =>
        string.Create(
            message.Length,
            message,
            static (target, source) =>
            {
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = source[i] is >= ' ' and <= '~' and not ('"' or '\\') ? source[i] : '?';
                }
            }
        );
}
