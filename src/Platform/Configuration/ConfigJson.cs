using System.Buffers;
using System.Text.Json;

namespace Culvert.Platform.Configuration;

public static class ConfigJson
{
    /// <summary>
    /// A mapping as the JSON object that it looks like, such as a JSON Schema; null when absent or after an error. Quoted values are
    /// text, others what JSON takes them for.
    /// </summary>
    public static JsonElement? Json(this ConfigSection section, string key)
    {
        section.Declare(key, ConfigValueType.Json);
        if (section.Mapping(key, out var source) is not { } mapping)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            if (FindUnclear(json, mapping, key) is var (path, unclear))
            {
                section.Report(
                    source with
                    {
                        Line = unclear.Line,
                    },
                    path,
                    unclear.Text,
                    "YAML readers take this for different things.",
                    "Quote text; write numbers, true, false and null as JSON has them."
                );
                return null;
            }
        }

        section.Record(key, "(JSON)", source);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    // Writes the node, or returns the first value that could be read in two ways.
    private static (string Path, ScalarNode Value)? FindUnclear(Utf8JsonWriter json, ConfigNode node, string path)
    {
        switch (node)
        {
            case MappingNode mapping:
                json.WriteStartObject();
                foreach (var (name, (_, value)) in mapping.Entries)
                {
                    json.WritePropertyName(name);
                    if (FindUnclear(json, value, $"{path}.{name}") is { } unclear)
                    {
                        return unclear;
                    }
                }

                json.WriteEndObject();
                return null;
            case SequenceNode sequence:
                json.WriteStartArray();
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    if (FindUnclear(json, sequence.Items[i], $"{path}[{i}]") is { } unclear)
                    {
                        return unclear;
                    }
                }

                json.WriteEndArray();
                return null;
            default:
                var scalar = (ScalarNode)node;
                if (scalar is { IsPlain: true, Text: "null" })
                {
                    json.WriteNullValue();
                    return null;
                }

                if (!ConfigLiteral.TryParse(scalar.Text, scalar.IsPlain, out var literal))
                {
                    return (path, scalar);
                }

                literal.Write(json);
                return null;
        }
    }
}
