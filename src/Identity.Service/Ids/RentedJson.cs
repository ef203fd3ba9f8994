using System.Buffers;
using System.Text.Json;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Writes JSON into <see cref="RentedBytes"/>, with a writer and a buffer that each thread keeps: one text at a time, begun
/// and ended within one synchronous call.
/// </summary>
internal static class RentedJson
{
    private const int TypicalBytes = 2048;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? encoder;

    public static Utf8JsonWriter Begin()
    {
        var (buffer, json) = encoder ??= Create();
        buffer.ResetWrittenCount(); // an exception may have left something
        json.Reset();
        return json;
    }

    /// <summary>What was written since <see cref="Begin"/>; the thread's buffer keeps nothing of it.</summary>
    public static RentedBytes End()
    {
        var (buffer, json) = encoder!.Value;
        json.Flush();
        var text = RentedBytes.CopyOf(buffer.WrittenSpan);
        buffer.Clear();
        return text;
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) Create()
    {
        var buffer = new ArrayBufferWriter<byte>(TypicalBytes);
        return (buffer, new Utf8JsonWriter(buffer));
    }
}
