using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Culvert.Identity.Service.Events;

/// <summary>
/// The members of a JSON object that is stored or signed, such as the data of an audit event or of a webhook's message, in
/// the order in which they are written. A value is a string, a number, a boolean, a time (written in UTC), an
/// <see cref="AuditActor"/>, a <see cref="JsonElement"/>, JSON as UTF-8 (written unchanged), an <see cref="AuditData"/>, a
/// list of these, or null. Never write a secret.
/// </summary>
[CollectionBuilder(typeof(AuditData), nameof(Create))]
internal sealed class AuditData : IEnumerable<(string Name, object? Value)>
{
    public static readonly AuditData Empty = new([]);

    private readonly (string Name, object? Value)[] members;

    private AuditData((string Name, object? Value)[] members) => this.members = members;

    public static AuditData Create(ReadOnlySpan<(string Name, object? Value)> members) => new(members.ToArray());

    public static AuditData From(IEnumerable<(string Name, object? Value)> members) => new([.. members]);

    /// <summary>The members of a resource's document, as the API answers with it, that are audited.</summary>
    public static AuditData From(JsonElement document, Func<JsonProperty, bool> isAudited) =>
        From(document.EnumerateObject().Where(isAudited).Select(member => (member.Name, (object?)member.Value)));

    /// <summary>A member that is absent, instead of null, if it has no value.</summary>
    public static AuditData Optional(string name, object? value) => value is null ? Empty : [(name, value)];

    /// <summary>The object in UTF-8.</summary>
    public byte[] Encode()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteValue(json, this);
        }

        return buffer.ToArray();
    }

    /// <summary>Writes the members into an open object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }
    }

    public IEnumerator<(string Name, object? Value)> GetEnumerator() =>
        ((IEnumerable<(string Name, object? Value)>)members).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case uint number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time.UtcDateTime);
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case AuditActor actor:
                actor.WriteTo(json);
                break;
            case JsonElement element:
                element.WriteTo(json);
                break;
            case ReadOnlyMemory<byte> utf8:
                json.WriteRawValue(utf8.Span);
                break;
            case AuditData nested:
                json.WriteStartObject();
                nested.WriteTo(json);
                json.WriteEndObject();
                break;
            case IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"An audit event cannot contain a {value.GetType().Name}.", nameof(value));
        }
    }
}
