using System.Buffers;
using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

internal static class SecurityEventErrorBody
{
    /// <param name="error">One of the registered codes of RFC 8935 §2.4.</param>
    public static ApiAnswer Create(string error, Refusal refusal)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("err"u8, error);
        json.WriteString("description"u8, refusal.Message);
        json.WriteEndObject();
        json.Flush();
        return ApiAnswer.Raw(buffer.WrittenMemory, "application/json", refusal.Code.Status);
    }
}
