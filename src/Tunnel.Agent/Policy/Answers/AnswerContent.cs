using System.Buffers;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// The content of an answer besides its structured part: texts, images, resources, messages of prompts, completions. It
/// crosses only as far as the rules name it, and each item is written again from the members that MCP defines for it.
/// </summary>
internal sealed class AnswerContent(JudgedCall call)
{
    /// <summary>A shape that removes nothing: a value is read whole before it is judged.</summary>
    public static readonly AnswerShape Everything = new([new AnswerRule()]);

    /// <summary>The bounds of a value that a <see cref="FindingWriter"/> has written.</summary>
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = FindingWriter.MaxDepth + 8 };
    private static readonly string[] OfBinary = ["data", "mimeType"];
    private static readonly string[] OfLink = ["uri", "name", "title", "description", "mimeType", "size"];

    private readonly List<(string? Text, byte[] Json)> items = [];
    private readonly AnswerShape shape = call.Shape;
    private AnswerCounts counts;
    private long heldBytes;

    /// <summary>Whether the items of a tool's content are read at all.</summary>
    public bool IsRead =>
        shape.Text >= AnswerText.Mask || shape.ReadsTextAsJson || shape.PassesErrors || shape.Content.Count > 0;

    /// <summary>The only item, if it is a text; otherwise null.</summary>
    public string? OnlyText => items is [({ } text, _)] ? text : null;

    public AnswerCounts Counts => counts;

    public long HeldBytes => heldBytes;

    /// <summary>Reads an item of a tool's content.</summary>
    public void AddItem(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Options);
        var item = document.RootElement;
        if (Type(item) == "text" && Text(item, "text") is { } text)
        {
            items.Add((text, []));
            heldBytes += 2L * text.Length;
        }
        else if (Write(item) is { } written)
        {
            items.Add((null, written));
            heldBytes += written.Length;
        }
        else
        {
            counts.FieldsRemoved++;
        }
    }

    /// <summary>Writes the elements of <c>content</c>.</summary>
    /// <param name="texts">Whether the server's texts cross.</param>
    public void WriteItems(Utf8JsonWriter json, bool texts)
    {
        foreach (var (text, written) in items)
        {
            if (text is null)
            {
                json.WriteRawValue(written, skipInputValidation: true);
            }
            else if (texts)
            {
                WriteMasked(json, text);
            }
            else
            {
                counts.FieldsRemoved++;
            }
        }
    }

    /// <summary>Writes the member <c>contents</c> of a resource that was read.</summary>
    /// <param name="find">Writes the finding of a resource that is JSON.</param>
    /// <exception cref="UnfitException">A resource is neither JSON nor of a media type that the rules name.</exception>
    public void WriteResources(Utf8JsonWriter json, JsonElement contents, Func<string, string> find)
    {
        json.WriteStartArray("contents");
        foreach (var resource in Elements(contents))
        {
            if (Text(resource, "uri") is not { } uri || !call.MayRead(uri))
            {
                counts.FieldsRemoved++;
                continue;
            }

            json.WriteStartObject();
            json.WriteString("uri", uri);
            WriteResource(json, resource, find);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the member <c>messages</c> of a prompt.</summary>
    /// <exception cref="UnfitException">The rules let no text of the server cross, and a prompt is text.</exception>
    public void WriteMessages(Utf8JsonWriter json, JsonElement messages)
    {
        RequireText();
        json.WriteStartArray("messages");
        foreach (var message in Elements(messages))
        {
            json.WriteStartObject();
            json.WriteString("role", Text(message, "role") is "assistant" ? "assistant" : "user");
            var content =
                message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var c) ? c : default;
            json.WritePropertyName("content");
            if (content.ValueKind == JsonValueKind.Array)
            {
                json.WriteStartArray();
                foreach (var item in content.EnumerateArray())
                {
                    WriteMessageItem(json, item, isRequired: false);
                }

                json.WriteEndArray();
            }
            else
            {
                WriteMessageItem(json, content, isRequired: true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the member <c>completion</c>.</summary>
    /// <exception cref="UnfitException">The rules let no text of the server cross, and a completion is text.</exception>
    public void WriteCompletion(Utf8JsonWriter json, JsonElement completion)
    {
        RequireText();
        json.WriteStartObject("completion");
        json.WriteStartArray("values");
        if (completion.ValueKind == JsonValueKind.Object && completion.TryGetProperty("values", out var values))
        {
            foreach (var value in Elements(values))
            {
                if (value.ValueKind == JsonValueKind.String)
                {
                    json.WriteStringValue(Mask(value.GetString()!));
                }
            }
        }

        json.WriteEndArray();
        if (completion.ValueKind == JsonValueKind.Object && completion.TryGetProperty("hasMore", out var more))
        {
            json.WriteBoolean("hasMore", more.ValueKind == JsonValueKind.True);
        }

        json.WriteEndObject();
    }

    private void RequireText()
    {
        if (shape.Text < AnswerText.Mask)
        {
            throw new UnfitException("no_structured_part");
        }
    }

    private void WriteMessageItem(Utf8JsonWriter json, JsonElement item, bool isRequired)
    {
        if (Type(item) == "text" && Text(item, "text") is { } text)
        {
            WriteMasked(json, text);
        }
        else if (Write(item) is { } written)
        {
            json.WriteRawValue(written, skipInputValidation: true);
        }
        else
        {
            counts.FieldsRemoved++;
            if (isRequired)
            {
                WriteText(json, ""u8);
            }
        }
    }

    /// <summary>Writes an item that is a text.</summary>
    public static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> utf8)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, utf8);
        json.WriteEndObject();
    }

    private void WriteMasked(Utf8JsonWriter json, string text) => WriteText(json, Encoding.UTF8.GetBytes(Mask(text)));

    // Null: the item does not cross.
    private byte[]? Write(JsonElement item)
    {
        var type = Type(item);
        var resource = type == "resource" && item.TryGetProperty("resource", out var embedded) ? embedded : item;
        var isVisible = type is "image" or "audio" || (Text(resource, "uri") is { } uri && call.MayRead(uri));
        if (
            type is not ("image" or "audio" or "resource" or "resource_link")
            || !shape.Content.Contains(type)
            || !isVisible
        )
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonOutput.Options);
        json.WriteStartObject();
        json.WriteString("type", type);
        if (type == "resource")
        {
            json.WriteStartObject("resource");
            Copy(json, resource, ["uri", "mimeType", "text", "blob"]);
            json.WriteEndObject();
        }
        else
        {
            Copy(json, item, type == "resource_link" ? OfLink : OfBinary);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteResource(Utf8JsonWriter json, JsonElement resource, Func<string, string> find)
    {
        var type = Text(resource, "mimeType") ?? "";
        var bare = type.Split(';')[0].Trim().ToLowerInvariant();
        json.WriteString("mimeType", bare);
        if (bare == "application/json" || bare.EndsWith("+json", StringComparison.Ordinal))
        {
            json.WriteString("text", find(Text(resource, "text") ?? throw new UnfitException("not_json")));
        }
        else if (shape.Content.Contains(bare))
        {
            Copy(json, resource, ["text", "blob"]);
        }
        else
        {
            throw new UnfitException("media_type");
        }
    }

    private void Copy(Utf8JsonWriter json, JsonElement item, string[] members)
    {
        foreach (var name in members)
        {
            if (!item.TryGetProperty(name, out var value))
            {
                continue;
            }

            if (value.ValueKind == JsonValueKind.String)
            {
                json.WriteString(name, name is "data" or "blob" ? value.GetString()! : Mask(value.GetString()!));
            }
            else if (value.ValueKind == JsonValueKind.Number)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
    }

    /// <summary>A text with what the detectors of the rules find in it masked.</summary>
    public string Mask(string text)
    {
        if (shape.Detects == Detectors.None)
        {
            return text;
        }

        var masked = DetectedText.Mask(text, shape.Detects, out var count);
        counts.Masked += count;
        return masked;
    }

    private static IEnumerable<JsonElement> Elements(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static string? Type(JsonElement item) => Text(item, "type");

    private static string? Text(JsonElement item, string member) =>
        item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty(member, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
