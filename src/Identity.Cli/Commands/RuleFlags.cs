using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The flags of a rule's fields, for <c>create</c> and <c>update</c>.</summary>
internal sealed class RuleFlags(bool creating)
{
    private static readonly string[] Operators = ["eq", "in", "prefix", "segments", "contains"];

    private readonly ResourceFlags fields = new("rule", creating);
    private readonly Option<string?> subject = Flags.Text("--subject", "SUB", "exact sub, or a prefix ending in *");
    private readonly Option<string?> segments = Flags.Text(
        "--subject-segments",
        "PATTERN",
        "match sub by its segments between : / @; * matches exactly one segment ('' removes the pattern)"
    );

    private readonly Option<string[]> matchers = Flags.Many(
        "--match",
        "\"CLAIM OPERATOR VALUE\"",
        "condition on any claim, such as 'repository_id in [\"74\"]' (eq, in, prefix, segments, contains; CLAIM is a name "
            + "or a JSON Pointer; 'none' removes all)"
    );

    private readonly Option<string?> condition = Flags.Text(
        "--condition",
        "CEL",
        "expression over claims and groups of the directory that must be true ('' removes it)"
    );

    private readonly Option<string?> audience = Flags.Text(
        "--audience",
        "AUD",
        "aud to carry (default: the service's URL)"
    );
    private readonly Option<string[]> claims = Flags.Many("--claim", "K=V", "claim that must have exactly this value");

    public Option[] All => [.. fields.All, subject, segments, audience, claims, matchers, condition];

    public bool NamesMatch(CommandContext context) =>
        context.Has(subject)
        || context.Has(segments)
        || context.Has(audience)
        || context.Has(claims)
        || context.Has(matchers)
        || context.Has(condition);

    /// <summary>Replaces the given conditions in the current match.</summary>
    public JsonObject MatchOver(JsonObject match, CommandContext context)
    {
        Put("subject_prefix", subject);
        Put("subject_segments", segments);
        Put("audience", audience);
        Put("condition", condition);

        if (context.Has(claims))
        {
            match["claims"] = Claims(context.Get(claims)!);
        }

        if (context.Has(matchers))
        {
            var given = UpdateBody.ListOrNone(matchers.Name, context.Get(matchers)!);
            match["matchers"] = new JsonArray([.. given.Select(Matcher)]);
        }

        return match;

        void Put(string member, Option<string?> option)
        {
            if (context.Get(option) is { Length: > 0 } text)
            {
                match[member] = text;
            }
            else if (context.Has(option))
            {
                match.Remove(member);
            }
        }
    }

    public Task AddToAsync(JsonObject body, CommandContext context, CancellationToken cancel) =>
        fields.AddToAsync(body, context, cancel);

    // The value is JSON, because its type matters; for prefix and segments it is always text, so quotes are optional.
    private static JsonObject Matcher(string text)
    {
        foreach (var name in Operators)
        {
            var at = text.IndexOf($" {name} ", StringComparison.Ordinal);
            if (at <= 0)
            {
                continue;
            }

            var value = text[(at + name.Length + 2)..].Trim();
            return new JsonObject
            {
                ["claim"] = text[..at].Trim(),
                [name] =
                    ReadValue(value)
                    ?? (
                        name is "prefix" or "segments"
                            ? JsonValue.Create(value)
                            : throw Bad($"{value} is not a JSON value", "put a text in double quotes: '\"74\"'")
                    ),
            };
        }

        throw Bad(
            $"'{text}' is not a condition",
            "write CLAIM OPERATOR VALUE with eq, in, prefix, segments or contains"
        );

        static CommandFailure Bad(string what, string next) =>
            new(ExitCode.Usage, what) { Where = "--match", Next = next };
    }

    private static JsonNode? ReadValue(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Claims(string[] pairs)
    {
        var result = new JsonObject();
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !result.TryAdd(pair[..equals], JsonValue.Create(pair[(equals + 1)..])))
            {
                throw new CommandFailure(ExitCode.Usage, $"'{pair}' is not NAME=VALUE, or gives a claim twice")
                {
                    Where = "--claim",
                    Next = "write NAME=VALUE, each name once",
                };
            }
        }

        return result;
    }
}
