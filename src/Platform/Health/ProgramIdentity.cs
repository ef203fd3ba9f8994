using System.Text.Json;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Health;

/// <summary>A program's name and its ids in <c>/readyz</c>; a null id is unknown and not compared.</summary>
public sealed record ProgramIdentity(string Program, params IReadOnlyList<(string Name, string? Value)> Ids)
{
    private const string Member = "program";

    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteString(Member, Program);
        foreach (var (name, value) in Ids)
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>The other program that answered <c>/readyz</c>; null: this one, or one without an identity.</summary>
    public string? FindOther(string readiness)
    {
        try
        {
            using var answer = JsonDocument.Parse(readiness);
            if (Read(answer.RootElement, "status") is null)
            {
                return "another program";
            }

            if (Read(answer.RootElement, Member) is not { } program)
            {
                return null;
            }

            return
                program == Program && Ids.All(id => id.Value is null || Read(answer.RootElement, id.Name) == id.Value)
                ? null
                : $"another {Describe(program, answer.RootElement)}";
        }
        catch (JsonException)
        {
            return "another program";
        }
    }

    private string Describe(string program, JsonElement answer)
    {
        var said = Ids.Select(id => (id.Name, Value: Read(answer, id.Name)))
            .Where(id => id.Value is not null)
            .Select(id => $"{id.Name} {ConfigText.Printable(id.Value!)}");
        return $"{ConfigText.Printable(program)} ({string.Join(", ", said)})".Replace(
            " ()",
            "",
            StringComparison.Ordinal
        );
    }

    private static string? Read(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object
        && answer.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
