using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

/// <summary>Errors in the format of RFC 7644 §3.12, with the code and the request id as further members.</summary>
internal static class ScimErrorBody
{
    public const string MediaType = "application/scim+json";

    private const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    public static async Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var body = Render(refusal, RequestIdentity.Get(http));
        var response = http.Response;
        response.StatusCode = refusal.Code.Status;
        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        if (http.RequestServices.GetRequiredService<Challenges>().Create(refusal.Code) is { Count: > 0 } challenge)
        {
            response.Headers.WWWAuthenticate = challenge;
        }

        ErrorEnvelope.SetRetryAfter(response, refusal);
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Render(Refusal refusal, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("schemas"u8);
        json.WriteStringValue(Schema);
        json.WriteEndArray();
        // The standard has the status as a string.
        json.WriteString("status"u8, refusal.Code.Status.ToString(CultureInfo.InvariantCulture));
        if (ToScimType(refusal.Code) is { } type)
        {
            json.WriteString("scimType"u8, type);
        }

        json.WriteString("detail"u8, refusal.Message);
        json.WriteString("error_code"u8, refusal.Code.Code);
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string? ToScimType(ErrorCode code) =>
        code.ScimType ?? (code.Status == StatusCodes.Status400BadRequest ? "invalidSyntax" : null);
}
