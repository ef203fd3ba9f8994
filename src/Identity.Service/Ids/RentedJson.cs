using System.Buffers;
using System.Text.Json;

namespace Culvert.Identity.Service.Ids;

/// <summary>
/// Writes JSON into <see cref="RentedBytes"/> with a thread-local writer and buffer. Each text must begin and end within one
/// synchronous call.
/// </summary>
internal static class RentedJson
{
    private const int TypicalBytes = 2048;

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? encoder;

    public static Utf8JsonWriter Begin()
    {
        var (buffer, json) = encoder ??= Create();
        buffer.ResetWrittenCount(); // left by an exception
        json.Reset();
        return json;
    }

    /// <summary>The bytes written since <see cref="Begin"/>; clears the thread's buffer.</summary>
    public static RentedBytes End()
    {
        var (buffer, json) = encoder!.Value;
        json.Flush();
        var text = RentedBytes.Copy(buffer.WrittenSpan);
        buffer.Clear();
        return text;
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) Create()
    {
        var buffer = new ArrayBufferWriter<byte>(TypicalBytes);
        return (buffer, new Utf8JsonWriter(buffer));
    }
}
