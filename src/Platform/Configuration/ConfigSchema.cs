using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Culvert.Platform.Configuration;

/// <summary>
/// Writes the JSON schema (draft 2020-12) of a program's configuration file. To find the keys, the program's reader
/// runs once over an empty document that records which keys it reads.
/// </summary>
public static class ConfigSchema
{
    /// <summary>The member for what JSON schema cannot express, such as units. Editors ignore it.</summary>
    private const string Annotation = "x-culvert";

    private const string DurationPattern = "^[0-9]+(ms|s|m|h|d)$";
    private const string SizePattern = "^[0-9]+(KiB|MiB|GiB)?$";
    private const string RatePattern = "^[1-9][0-9]*/[0-9]+(ms|s|m|h|d)$";
    private const string SecretPattern = "^$|^(file|env):.+";

    /// <summary>
    /// Writes the schema. Without <paramref name="keys"/>, it has types but no descriptions and annotations.
    /// </summary>
    public static string Write(string title, Action<ConfigSection> read, ConfigKeys? keys = null)
    {
        var document = ConfigDocument.Describe();
        read(document.Root);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", title);
            WriteContent(json, document.Root, keys);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    // The schema does not accept unknown keys, because the program does not start with them.
    private static void WriteContent(Utf8JsonWriter json, ConfigSection section, ConfigKeys? keys)
    {
        json.WriteString("type", "object");
        json.WriteBoolean("additionalProperties", false);
        json.WriteStartObject("properties");
        foreach (var declaration in section.Declarations.Where(IsAccepted))
        {
            json.WriteStartObject(declaration.Key);
            WriteType(json, declaration, keys);
            if (keys is not null && declaration.Type != ConfigValueType.Former)
            {
                WriteReference(json, section, declaration, keys);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        var required = section.Declarations.Where(d => d.IsRequired).Select(d => d.Key).ToList();
        if (required.Count > 0)
        {
            json.WriteStartArray("required");
            required.ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }
    }

    // A former key no longer has an effect. It is accepted only with the value that changes nothing, if it has one.
    private static bool IsAccepted(ConfigDeclaration declaration) =>
        declaration.Type != ConfigValueType.Former || declaration.Default is not null;

    private static void WriteType(Utf8JsonWriter json, ConfigDeclaration declaration, ConfigKeys? keys)
    {
        switch (declaration.Type)
        {
            case ConfigValueType.Former:
                json.WriteBoolean("deprecated", true);
                json.WritePropertyName("const");
                if (declaration.Default is "true" or "false")
                {
                    json.WriteBooleanValue(declaration.Default == "true");
                }
                else
                {
                    json.WriteStringValue(declaration.Default);
                }

                break;
            case ConfigValueType.Section:
                WriteContent(json, declaration.Content!, keys);
                break;
            case ConfigValueType.Map:
                json.WriteString("type", "object");
                json.WriteStartObject("additionalProperties");
                WriteContent(json, declaration.Content!, keys);
                json.WriteEndObject();
                break;
            case ConfigValueType.List:
                WriteItems(json, () => WriteContent(json, declaration.Content!, keys));
                break;
            case ConfigValueType.TextList or ConfigValueType.RangeList or ConfigValueType.EndPointList:
                WriteItems(json, () => json.WriteString("type", "string"));
                break;
            case ConfigValueType.LiteralList:
                WriteItems(json, () => WriteLiteral(json));
                break;
            case ConfigValueType.Literal:
                WriteLiteral(json);
                break;
            case ConfigValueType.TextMap:
                json.WriteString("type", "object");
                json.WriteStartObject("additionalProperties");
                json.WriteString("type", "string");
                json.WriteEndObject();
                break;
            case ConfigValueType.TextListMap:
                json.WriteString("type", "object");
                json.WriteStartObject("additionalProperties");
                WriteItems(json, () => json.WriteString("type", "string"));
                json.WriteEndObject();
                break;
            case ConfigValueType.Json:
                json.WriteString("type", "object");
                json.WriteBoolean("additionalProperties", true);
                break;
            case ConfigValueType.Boolean:
                json.WriteString("type", "boolean");
                WriteDefault(json, declaration, d => json.WriteBooleanValue(d == "true"));
                break;
            case ConfigValueType.WholeNumber:
                json.WriteString("type", "integer");
                json.WritePropertyName("minimum");
                json.WriteRawValue(declaration.Minimum!);
                json.WritePropertyName("maximum");
                json.WriteRawValue(declaration.Maximum!);
                WriteDefault(json, declaration, d => json.WriteRawValue(d));
                break;
            case ConfigValueType.Size:
                // A plain number of bytes needs no quotes in YAML and is then an integer.
                json.WriteStartArray("type");
                json.WriteStringValue("string");
                json.WriteStringValue("integer");
                json.WriteEndArray();
                json.WriteString("pattern", SizePattern);
                WriteDefault(json, declaration, json.WriteStringValue);
                break;
            default:
                WriteText(json, declaration);
                break;
        }
    }

    /// <summary>Writes the key's description, and the member <see cref="Annotation"/>.</summary>
    private static void WriteReference(
        Utf8JsonWriter json,
        ConfigSection section,
        ConfigDeclaration declaration,
        ConfigKeys keys
    )
    {
        var fullKey = section.FullKey.Length == 0 ? declaration.Key : $"{section.FullKey}.{declaration.Key}";
        var key = keys.Find(fullKey);
        if (key is not null)
        {
            json.WriteString("description", key.Meaning);
        }

        if (declaration.Type == ConfigValueType.Section)
        {
            return;
        }

        json.WriteStartObject(Annotation);
        json.WriteString("type", JsonNamingPolicy.SnakeCaseLower.ConvertName(declaration.Type.ToString()));
        Write("unit", key?.Unit is { Length: > 0 } unit ? unit : null);
        Write("minimum", declaration.Minimum);
        Write("maximum", declaration.Maximum);
        Write("default", declaration.Default);
        json.WriteBoolean("required", declaration.IsRequired);
        json.WriteString("change", keys.IsReloadable(fullKey) ? "reload" : "restart");
        json.WriteEndObject();

        void Write(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }
    }

    private static void WriteLiteral(Utf8JsonWriter json)
    {
        json.WriteStartArray("type");
        json.WriteStringValue("string");
        json.WriteStringValue("number");
        json.WriteStringValue("boolean");
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, ConfigDeclaration declaration)
    {
        json.WriteString("type", "string");
        var pattern = declaration.Type switch
        {
            ConfigValueType.Duration => DurationPattern,
            ConfigValueType.Rate => RatePattern,
            ConfigValueType.Secret => SecretPattern,
            _ => null,
        };
        if (pattern is not null)
        {
            json.WriteString("pattern", pattern);
        }

        if (declaration.Type == ConfigValueType.Choice)
        {
            json.WriteStartArray("enum");
            foreach (var choice in declaration.Allowed)
            {
                json.WriteStringValue(choice);
            }

            json.WriteEndArray();
        }

        WriteDefault(json, declaration, json.WriteStringValue);
    }

    private static void WriteDefault(Utf8JsonWriter json, ConfigDeclaration declaration, Action<string> write)
    {
        if (declaration.Default is { } value)
        {
            json.WritePropertyName("default");
            write(value);
        }
    }

    private static void WriteItems(Utf8JsonWriter json, Action writeItem)
    {
        json.WriteString("type", "array");
        json.WriteStartObject("items");
        writeItem();
        json.WriteEndObject();
    }
}
