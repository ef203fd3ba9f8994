using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Culvert.Documentation.Tests.Errors;

/// <summary>A closed enum of reasons, explained by the doc comments of its members.</summary>
internal sealed partial record DocumentedEnum(string Assembly, string Type, string Heading, string Seen)
{
    /// <summary>How the name is written where it is seen.</summary>
    public Func<string, string> Spelling { get; init; } = JsonNamingPolicy.SnakeCaseLower.ConvertName;

    /// <summary>Name as history and logs spell it, and explanation.</summary>
    public IReadOnlyList<(string Name, string? Meaning)> Members()
    {
        var type = System.Reflection.Assembly.Load(Assembly).GetType(Type, throwOnError: true)!;
        var comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{Assembly}.xml")).Descendants("member");
        return
        [
            .. type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.Name != "None")
                .Select(field =>
                    (
                        Spelling(field.Name),
                        Text(comments.FirstOrDefault(c => (string?)c.Attribute("name") == $"F:{Type}.{field.Name}"))
                    )
                ),
        ];
    }

    private static string? Text(XElement? comment)
    {
        if (comment?.Element("summary") is not { } summary)
        {
            return null;
        }

        var parts = summary
            .Nodes()
            .Select(node =>
                node switch
                {
                    XText text => text.Value,
                    XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                    XElement see => $"`{((string?)see.Attribute("cref") ?? see.Value).Split('.', ':')[^1]}`",
                    _ => "",
                }
            );
        return Blanks().Replace(string.Concat(parts), " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
