using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Console;

/// <summary>How a field of a form becomes a member of the API's request. A dot in the name makes an object.</summary>
/// <param name="Name">Of the member, and of the field unless <see cref="Field"/> names another.</param>
/// <param name="Read">The member's value; null = it is left out. The refusal says what is wrong with the field.</param>
internal sealed record FormField(string Name, Func<string, (JsonNode? Value, Refusal? Refusal)> Read)
{
    /// <summary>The field of the form, where one field decides about several members.</summary>
    public string Field { get; init; } = Name;

    /// <summary>Blanks and line breaks at both ends are part of the text.</summary>
    public bool IsVerbatim { get; init; }

    /// <summary>An empty field is null in the request, which clears the member, and not left out.</summary>
    public bool ClearsWhenEmpty { get; init; }

    /// <summary>As a member of an object of the request.</summary>
    public FormField In(string member) => this with { Name = $"{member}.{Name}" };

    /// <summary>A text; left out when empty.</summary>
    public static FormField Text(string name) => new(name, text => (text.Length == 0 ? null : text, null));

    /// <summary>A text, also when it is empty: the API says that it is missing.</summary>
    public static FormField Required(string name) => new(name, text => (text, null));

    /// <summary>As <see cref="Required"/>, as it was typed: in YAML, blanks at the beginning have a meaning.</summary>
    public static FormField Verbatim(string name) => Required(name) with { IsVerbatim = true };

    /// <summary>Why something is done that stops or ends something: the page requires it, and so does this.</summary>
    public static FormField Why(string name) =>
        new(
            name,
            text =>
                text.Length == 0
                    ? (
                        null,
                        RequestErrors.Invalid.Refuse($"{name}: a reason is required; it is recorded in the audit.")
                    )
                    : (text, null)
        );

    /// <summary>A value that no field asks for.</summary>
    public static FormField Constant(string name, JsonNode value) => new(name, _ => (value.DeepClone(), null));

    /// <summary>A list, one entry in a line; an empty field is an empty list.</summary>
    public static FormField Lines(string name) =>
        new(
            name,
            text =>
                (
                    new JsonArray([
                        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                            .Select(line => JsonValue.Create(line)),
                    ]),
                    null
                )
        );

    /// <summary>As <see cref="Lines"/>; left out when empty.</summary>
    public static FormField LinesIfAny(string name) =>
        new(name, text => text.Length == 0 ? (null, null) : Lines(name).Read(text));

    /// <summary>The boxes of this name that are checked: identifiers.</summary>
    public static FormField Chosen(string name) =>
        Lines(name) with
        {
            // A form's values of one name are joined by commas, which no identifier has.
            Read = text => Lines(name).Read(text.Replace(',', '\n')),
        };

    /// <summary>True where that field is empty: "none in particular" means all.</summary>
    public static FormField AllUnless(string name, string field) =>
        new(name, text => (text.Length == 0 ? true : null, null)) { Field = field };

    /// <summary>One of two values that no field asks for: it depends on whether that field is empty.</summary>
    public static FormField Depending(string name, string field, string whenEmpty, string otherwise) =>
        new(name, text => (text.Length == 0 ? whenEmpty : otherwise, null)) { Field = field };

    public static FormField Number(string name) =>
        new(
            name,
            text =>
                text.Length == 0 ? (null, null)
                : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, null)
                : (null, RequestErrors.Invalid.Refuse($"{name}: a whole number is required."))
        );

    /// <summary>A check box.</summary>
    public static FormField Flag(string name) => new(name, text => (text.Length > 0, null));

    /// <summary>A text; null when empty.</summary>
    public static FormField Clearable(string name) => Text(name) with { ClearsWhenEmpty = true };

    /// <summary>JSON written out; left out when empty.</summary>
    public static FormField Json(string name) => new(name, text => ReadJson(name, text));

    private static (JsonNode?, Refusal?) ReadJson(string name, string text)
    {
        try
        {
            return (text.Trim().Length == 0 ? null : JsonNode.Parse(text), null);
        }
        catch (JsonException)
        {
            return (null, RequestErrors.Invalid.Refuse($"{name}: this is not JSON."));
        }
    }
}
