using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>Writes refusals to the wire; nothing else does.</summary>
internal static class ErrorEnvelope
{
    public static async Task WriteAsync(HttpContext http, Refusal refusal)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Operation>() is { Access.IsScim: true })
        {
            await ScimErrorBody.WriteAsync(http, refusal);
            return;
        }

        var body = Render(refusal, RequestIdentity.Get(http));
        var response = http.Response;
        response.StatusCode = refusal.Code.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (refusal is { Code.Status: StatusCodes.Status409Conflict, RetryAfter: null } or { Code.IsLasting: true })
        {
            // Clients retry 409 by default, but a 409 of this service never changes without a new request, unless it has a
            // retry time.
            response.Headers["x-should-retry"] = "false";
        }

        if (http.RequestServices.GetService<Challenges>()?.Create(refusal.Code) is { Count: > 0 } challenge)
        {
            response.Headers.WWWAuthenticate = challenge;
        }

        SetRetryAfter(response, refusal);

        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    public static void SetRetryAfter(HttpResponse response, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            var milliseconds = Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds));
            response.Headers["retry-after-ms"] = milliseconds.ToString(CultureInfo.InvariantCulture);
            response.Headers.RetryAfter = ((milliseconds + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }
    }

    public static ReadOnlyMemory<byte> Render(Refusal refusal, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", "error");
        json.WriteStartObject("error");
        json.WriteString("type", ToTypeName(refusal.Code.Status));
        json.WriteString("message", refusal.Message);
        json.WriteStartObject("details");
        json.WriteString("error_code", refusal.Code.Code);
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
        json.WriteEndObject();
        json.WriteString("request_id", requestId);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string ToTypeName(int status) =>
        status switch
        {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            409 => "conflict_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            503 or 529 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };
}
