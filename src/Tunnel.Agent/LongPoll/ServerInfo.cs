using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The header in which an agent announces its channels.</summary>
internal static class ServerInfo
{
    public const int MostBytes = 4096;

    private const int Version = 1;

    public static string Format(IReadOnlyList<LongPollChannel> channels)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("version"u8, Version);
        json.WriteStartArray("channels"u8);
        foreach (var channel in channels)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, channel.Name);
            if (channel.HasAffinity)
            {
                json.WriteBoolean("proc_affinity"u8, true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
