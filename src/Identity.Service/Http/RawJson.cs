using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Http;

/// <summary>Stored JSON that an answer repeats byte for byte, so that a reader can recompute its digest.</summary>
[JsonConverter(typeof(RawJson.Converter))]
internal readonly record struct RawJson(ReadOnlyMemory<byte> Utf8)
{
    /// <summary>Null if there is no text.</summary>
    public static RawJson? Create(string? json) => json is null ? null : new(Encoding.UTF8.GetBytes(json));

    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span);
    }
}
