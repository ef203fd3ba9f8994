using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Declarative;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The flags of a kind's fields, from the table of resources, and their values in requests.</summary>
internal sealed class ResourceFlags
{
    private readonly IReadOnlyList<(ResourceField Field, Option Option)> flags;

    public ResourceFlags(string kind, bool creating) =>
        flags = [
            .. ResourceKind
                .FindByWord(kind)!
                .Fields.Where(field => field.Flag is not null && (creating || !field.IsFixed))
                .Select(field => (field, CreateOption(field, field.Flag!, creating))),
        ];

    public IEnumerable<Option> All => flags.Select(flag => flag.Option);

    /// <summary>Adds only what was given on the command line to the body.</summary>
    public async Task AddToAsync(JsonObject body, CommandContext context, CancellationToken cancel)
    {
        foreach (var (field, option) in flags)
        {
            if (context.Has(option))
            {
                field.Put(body, await ValueAsync(field, option, context, cancel));
            }
        }
    }

    private static async Task<JsonNode?> ValueAsync(
        ResourceField field,
        Option option,
        CommandContext context,
        CancellationToken cancel
    )
    {
        var noun = field.Flag!.RefersTo ?? field.RefersTo;
        if (option is Option<string[]> list)
        {
            var values = context.Get(list)!;
            values = field.Flag.Nothing is null ? values : UpdateBody.ListOrNone(option.Name, values);
            return WireJson.ToJsonArray(
                noun is null
                    ? values
                    : await new NameResolver(await context.ClientAsync(cancel)).IdsAsync(noun, values, cancel)
            );
        }

        var value = context.Get((Option<Written>)option).Value;
        return noun is null || value is null ? value : await context.IdAsync(noun, (string)value!, cancel);
    }

    private static Option CreateOption(ResourceField field, FieldFlag flag, bool creating)
    {
        var noun = flag.RefersTo ?? field.RefersTo;
        var help = flag.Nothing is null ? flag.Value : $"{flag.Value}|{flag.Nothing}";
        var description = char.ToLowerInvariant(field.Description[0]) + field.Description[1..].TrimEnd('.');
        if (field.Type == FieldType.TextSet)
        {
            var list = Flags.Many(flag.Name, help, description);
            list.Required = creating && field.IsRequired;
            return noun is null ? list : list.Offering(noun);
        }

        string[] words = field.Type == FieldType.Boolean ? ["true", "false"] : [.. field.Words];
        var option = new Option<Written>(flag.Name)
        {
            Description = description,
            HelpName = words.Length > 0 ? string.Join('|', words) : help,
            Required = creating && field.IsRequired,
            CustomParser = argument => new Written(Read(field, flag, argument)),
        };
        if (words.Length > 0)
        {
            option.AcceptOnlyFromAmong(words);
        }

        return noun is null ? option : option.Offering(noun);
    }

    private static JsonNode? Read(ResourceField field, FieldFlag flag, ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        if (text == flag.Nothing)
        {
            return null;
        }

        return flag.MaxDuration is { } most ? (long)Durations.Parser(flag.MinDuration, most)(argument).TotalSeconds
            : field.Type == FieldType.Number ? Number(text, argument)
            : field.Type == FieldType.Boolean ? text == "true"
            : text;
    }

    private static JsonNode? Number(string text, ArgumentResult argument)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        argument.AddError($"'{text}' is not a whole number");
        return null;
    }

    /// <summary>A wrapper, because the parser does not accept null as a value.</summary>
    private readonly record struct Written(JsonNode? Value);
}
